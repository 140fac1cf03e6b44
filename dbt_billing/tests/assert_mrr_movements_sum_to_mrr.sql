-- What customers added and took away is the change in MRR, in every month and currency.
with months as (
    select
        *,
        lag(mrr, 1, 0::numeric) over (partition by currency order by month) as previous_mrr
    from {{ ref('mrr') }}
)

select
    month,
    currency,
    mrr,
    previous_mrr
from months
where
    new + expansion + contraction + churned <> mrr - previous_mrr
    or usage + subscription + proration <> mrr
