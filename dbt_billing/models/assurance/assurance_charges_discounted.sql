with recursive charges as (
    select * from {{ ref('assurance_charges_grossed') }}
),

discounts as (
    select * from {{ ref('stg_billing__discounts') }}
    where percent is not null
),

steps as (
    select
        charges.charge_key,
        discounts.percent,
        row_number() over (
            partition by charges.charge_key
            order by discounts.discount_code collate "C"
        ) as step
    from charges
    inner join discounts
        on
            charges.customer_id = discounts.customer_id
            and {{ is_in_scope('discounts.plan_codes', 'charges.plan_code') }}
            and charges.first_day >= discounts.starts_on
            and charges.first_day < discounts.ends_on
),

-- Each takes its part of what those before it left.
left_over as (
    select
        charge_key,
        minor_units,
        0::bigint as step,
        gross_amount as amount
    from charges
    union all
    select
        left_over.charge_key,
        left_over.minor_units,
        steps.step,
        left_over.amount - {{ rounded('(left_over.amount * steps.percent)', 'left_over.minor_units') }} as amount
    from left_over
    inner join steps
        on
            left_over.charge_key = steps.charge_key
            and left_over.step + 1 = steps.step
),

lasts as (
    select distinct on (charge_key)
        charge_key,
        amount
    from left_over
    order by
        charge_key asc,
        step desc
)

select
    charges.customer_id,
    charges.service_key,
    charges.charge_key,
    charges.charge_kind,
    charges.plan_code,
    charges.currency,
    charges.minor_units,
    charges.quantity,
    charges.gross_amount,
    charges.period_start,
    charges.period_end,
    charges.due_on,
    charges.first_day,
    lasts.amount
from charges
inner join lasts on charges.charge_key = lasts.charge_key
