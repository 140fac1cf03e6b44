with months_to_accrue as (
    select * from {{ ref('int_months_to_accrue') }}
),

accrued_weeks as (
    select * from {{ ref('stg_billing__accrued_weeks') }}
),

months_accrued as (
    select * from {{ ref('int_months_accrued') }}
)

-- Priced by the engine, as everything is.
select
    months_to_accrue.period_start,
    accruals.week,
    accruals.currency,
    accruals.is_of_new_customers,
    accruals.amount
from months_to_accrue
cross join
    lateral billing.usage_accruals(
        months_to_accrue.period_start,
        {{ as_of() }} + 1,
        true
    ) as accruals
union all
select
    accrued_weeks.period_start,
    accrued_weeks.week,
    accrued_weeks.currency,
    accrued_weeks.is_of_new_customers,
    accrued_weeks.amount
from accrued_weeks
inner join months_accrued on accrued_weeks.period_start = months_accrued.period_start
