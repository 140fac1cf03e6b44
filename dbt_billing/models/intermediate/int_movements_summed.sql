with recurring_months as (
    select * from {{ ref('int_recurring_months_compared') }}
)

-- By what the reports ask for, so that they pick their columns from few rows instead of asking each customer for all.
select
    period_start,
    currency,
    movement,
    sum(mrr) as mrr,
    sum(previous_mrr) as previous_mrr,
    sum(full_mrr) as full_mrr,
    sum(previous_full_mrr) as previous_full_mrr,
    count(*) filter (where full_mrr > 0) as customers,
    count(*) filter (where previous_full_mrr > 0) as previous_customers
from recurring_months
group by
    period_start,
    currency,
    movement
