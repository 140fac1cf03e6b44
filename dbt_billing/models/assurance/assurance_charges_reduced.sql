with recursive charges as (
    select * from {{ ref('assurance_charges_discounted') }}
),

discounts as (
    select * from {{ ref('stg_billing__discounts') }}
    where amount is not null
),

-- What a fixed discount may take in a month: off the charges in its scope that are due in it.
discount_months as (
    select
        discounts.discount_id,
        discounts.customer_id,
        discounts.discount_code,
        discounts.currency,
        discounts.amount,
        {{ month_due('charges.due_on') }} as month,
        sum(charges.amount) as in_scope,
        array_agg(distinct charges.plan_code) as plan_codes
    from discounts
    inner join charges
        on
            discounts.customer_id = charges.customer_id
            and {{ is_in_scope('discounts.plan_codes', 'charges.plan_code') }}
            and {{ month_due('charges.due_on') }} >= discounts.starts_on
            and {{ month_due('charges.due_on') }} < discounts.ends_on
    group by 1, 2, 3, 4, 5, 6
),

ranked as (
    select
        *,
        row_number() over (partition by customer_id, month order by discount_code collate "C") as place
    from discount_months
),

-- One after the other; what an earlier one took counts whole if the two have a plan in common.
taken as (
    select distinct
        customer_id,
        month,
        0::bigint as place,
        '{}'::numeric[] as amounts
    from ranked
    union all
    select
        taken.customer_id,
        taken.month,
        ranked.place,
        taken.amounts || least(ranked.amount, greatest(0, ranked.in_scope - coalesce(before.amount, 0))) as amounts
    from taken
    inner join ranked
        on
            taken.customer_id = ranked.customer_id
            and taken.month = ranked.month
            and taken.place + 1 = ranked.place
    cross join lateral (
        select sum(taken.amounts[earlier.place]) as amount
        from ranked as earlier
        where
            earlier.customer_id = ranked.customer_id
            and earlier.month = ranked.month
            and earlier.place < ranked.place
            and earlier.plan_codes && ranked.plan_codes
    ) as before
)

select
    customer_id,
    service_key,
    charge_key,
    charge_kind,
    plan_code,
    currency,
    quantity,
    gross_amount,
    amount,
    period_start,
    period_end,
    due_on
from charges
union all
select
    ranked.customer_id,
    format('d%s/%s', ranked.discount_id, to_char(ranked.month::timestamp, 'YYYY-MM-DD')) as service_key,
    format('d%s/%s/discount', ranked.discount_id, to_char(ranked.month::timestamp, 'YYYY-MM-DD')) as charge_key,
    'discount' as charge_kind,
    null as plan_code,
    ranked.currency,
    1 as quantity,
    -taken.amounts[ranked.place] as gross_amount,
    -taken.amounts[ranked.place] as amount,
    ranked.month as period_start,
    (ranked.month + interval '1 month')::date as period_end,
    (ranked.month + interval '1 month')::date as due_on
from ranked
inner join taken
    on
        ranked.customer_id = taken.customer_id
        and ranked.month = taken.month
        and ranked.place = taken.place
