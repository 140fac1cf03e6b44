with uncovered_days as (
    select * from {{ ref('int_usage_days_uncovered') }}
),

held_back_days as (
    select * from {{ ref('int_usage_days_held_back') }}
),

reasoned as (
    select
        {{ period_start('usage_day') }} as period_start,
        customer_id,
        metric_id,
        'no_active_subscription' as reason,
        quantity,
        usage_day
    from uncovered_days
    union all
    select
        period_start,
        customer_id,
        metric_id,
        reason,
        quantity,
        usage_day
    from held_back_days
)

select
    period_start,
    customer_id,
    metric_id,
    reason,
    sum(quantity) as quantity,
    array_agg(distinct usage_day) as usage_days,
    min(usage_day) as first_day,
    max(usage_day) as last_day
from reasoned
group by
    period_start,
    customer_id,
    metric_id,
    reason
