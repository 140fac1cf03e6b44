-- What the engine keeps of closed months for the weekly trend is what their raw events cost.
with accrued as (
    select * from {{ ref('stg_billing__accrued_weeks') }}
),

rerated as (
    select * from {{ ref('assurance_weeks_rerated') }}
)

select
    {{ period('coalesce(accrued.period_start, rerated.period_start)') }} as period,
    coalesce(accrued.week, rerated.week) as week,
    coalesce(accrued.currency, rerated.currency) as currency,
    round(coalesce(rerated.amount, 0), 4) as due,
    round(coalesce(accrued.amount, 0), 4) as accrued,
    round(coalesce(accrued.amount, 0) - coalesce(rerated.amount, 0), 4) as difference
from accrued
full join rerated
    on
        accrued.period_start = rerated.period_start
        and accrued.week = rerated.week
        and accrued.currency = rerated.currency
        and accrued.is_of_new_customers = rerated.is_of_new_customers
where coalesce(accrued.amount, 0) <> coalesce(rerated.amount, 0)
