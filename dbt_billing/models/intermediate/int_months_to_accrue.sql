with weeks as (
    select * from {{ ref('int_weeks_split') }}
),

months_accrued as (
    select * from {{ ref('int_months_accrued') }}
)

select distinct period_start
from weeks
where period_start not in (select months_accrued.period_start from months_accrued)
