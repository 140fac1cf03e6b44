with months as (
    select * from {{ ref('int_months_moved') }}
)

select
    {{ period('period_start') }} as month,
    currency,
    opening_mrr,
    round(1 + (expansion + contraction + churned) / nullif(opening_mrr, 0), 6) as nrr,
    round(1 + (contraction + churned) / nullif(opening_mrr, 0), 6) as grr,
    customers,
    new_customers,
    churned_customers,
    reactivated_customers,
    period_start
from months
