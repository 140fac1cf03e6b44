with charges as (
    select * from {{ ref('assurance_charges_reduced') }}
),

commitments as (
    select * from {{ ref('assurance_commitments_prorated') }}
),

one_off_charges as (
    select
        charges.*,
        format('c%s', charges.charge_id) as service_key,
        {{ rounded('(charges.quantity * charges.unit_amount)', 'currencies.minor_units') }} as amount
    from {{ ref('stg_billing__charges') }} as charges
    inner join {{ ref('stg_billing__currencies') }} as currencies on charges.currency = currencies.currency
),

-- What the charges in scope come to whose service period ends in that of the commitment.
committed as (
    select
        commitments.*,
        format(
            'm%s/%s', commitments.commitment_id, to_char(commitments.period_start::timestamp, 'YYYY-MM-DD')
        ) as service_key,
        coalesce(sum(charges.amount), 0) as amount
    from commitments
    left join charges
        on
            commitments.customer_id = charges.customer_id
            and commitments.period_start < charges.period_end
            and commitments.period_end >= charges.period_end
            and (charges.plan_code is not null or commitments.plan_codes = '[]')
            and coalesce({{ is_in_scope('commitments.plan_codes', 'charges.plan_code') }}, true)
    group by 1, 2, 3, 4, 5, 6, 7, 8, 9
),

kinds as (
    select
        committed.*,
        kind.charge_kind,
        kind.amount as difference
    from committed
    cross join
        lateral (
            values
            ('minimum', greatest(0, committed.minimum - committed.amount)),
            ('maximum', least(0, committed.maximum - committed.amount))
        ) as kind (charge_kind, amount)
    where case kind.charge_kind when 'minimum' then committed.minimum else committed.maximum end is not null
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
    {{ month_due('due_on') }} as due_month
from charges
union all
select
    customer_id,
    service_key,
    service_key || '/' || charge_kind as charge_key,
    charge_kind,
    null as plan_code,
    currency,
    1 as quantity,
    difference as gross_amount,
    difference as amount,
    period_start,
    period_end,
    {{ month_due('period_end') }} as due_month
from kinds
union all
select
    customer_id,
    service_key,
    service_key || '/charge' as charge_key,
    'charge' as charge_kind,
    null as plan_code,
    currency,
    quantity,
    amount as gross_amount,
    amount,
    service_start as period_start,
    service_end as period_end,
    {{ period_start('due_on') }} as due_month
from one_off_charges
