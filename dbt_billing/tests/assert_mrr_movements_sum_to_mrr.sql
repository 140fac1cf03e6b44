-- What customers added and took away, and what proration did, is the change in MRR, in every month and currency; what
-- is lost is never above zero. Without proration, the movements lead from one opening to the next.
with months as (
    select
        mrr.*,
        lag(mrr.mrr, 1, 0::numeric) over (partition by mrr.currency order by mrr.period_start) as previous_mrr,
        retention.opening_mrr,
        lead(retention.opening_mrr) over (partition by mrr.currency order by mrr.period_start) as next_opening_mrr
    from {{ ref('mrr') }} as mrr
    left join {{ ref('retention') }} as retention
        on
            mrr.period_start = retention.period_start
            and mrr.currency = retention.currency
)

select
    month,
    currency,
    mrr,
    previous_mrr,
    opening_mrr,
    next_opening_mrr
from months
where
    new + expansion + contraction + churned + reactivated + proration_effect <> mrr - previous_mrr
    or usage + subscription + proration <> mrr
    or least(new, expansion, reactivated) < 0
    or greatest(contraction, churned) > 0
    or opening_mrr is null
    or opening_mrr + new + expansion + contraction + churned + reactivated <> next_opening_mrr
