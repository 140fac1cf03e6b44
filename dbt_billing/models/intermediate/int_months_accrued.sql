with accrued_weeks as (
    select * from {{ ref('stg_billing__accrued_weeks') }}
),

uncounted as (
    select * from {{ ref('int_usage_days_uncounted') }}
)

-- A month counts as kept once it is over and all its events are rolled up.
select distinct period_start
from accrued_weeks
where
    (period_start + interval '1 month')::date - 1 <= {{ as_of() }}
    and period_start not in (select uncounted.period_start from uncounted)
