with recurring_months as (
    select * from {{ ref('int_recurring_months_counted') }}
),

neighbours as (
    select
        *,
        lag(period_start) over by_month as last_period_start,
        lag(mrr) over by_month as last_mrr,
        lag(full_mrr) over by_month as last_full_mrr,
        lead(period_start) over by_month as next_period_start,
        coalesce(max(full_mrr) over (
            by_month rows between unbounded preceding and 1 preceding
        ), 0) > 0 as has_predecessor
    from recurring_months
    window by_month as (partition by customer_id, currency order by period_start)
),

-- Firsts of months are neighbours if 31 days or fewer lie between them: cheaper to ask than adding a month.
-- A month that is followed by none is followed by one of nothing, to which it is lost.
compared as (
    select
        customer_id,
        currency,
        period_start,
        mrr,
        full_mrr,
        case when period_start - last_period_start between 1 and 31 then last_mrr else 0 end as previous_mrr,
        case when period_start - last_period_start between 1 and 31 then last_full_mrr else 0 end as previous_full_mrr,
        has_predecessor
    from neighbours
    union all
    select
        customer_id,
        currency,
        (period_start + interval '1 month')::date as period_start,
        0 as mrr,
        0 as full_mrr,
        mrr as previous_mrr,
        full_mrr as previous_full_mrr,
        true as has_predecessor
    from neighbours
    where coalesce(next_period_start - period_start > 31, true)
)

select
    *,
    case
        when full_mrr = previous_full_mrr then 'unchanged'
        when full_mrr = 0 then 'churned'
        when previous_full_mrr > 0 and full_mrr > previous_full_mrr then 'expansion'
        when previous_full_mrr > 0 then 'contraction'
        when has_predecessor then 'reactivated'
        else 'new'
    end as movement
from compared
