with recurring_months as (
    select * from {{ ref('int_recurring_months_compared') }}
)

-- By what the report asks for, so that it picks its columns from few rows instead of asking each customer for them all.
select
    period_start,
    currency,
    movement,
    sum(mrr) as mrr,
    sum(previous_mrr) as previous_mrr,
    has_successor
from recurring_months
group by
    period_start,
    currency,
    movement,
    has_successor
