with uncovered_days as (
    select * from {{ ref('int_usage_days_uncovered') }}
),

held_back_days as (
    select * from {{ ref('int_usage_days_held_back') }}
),

counted_metrics as (
    select distinct metric_id
    from {{ ref('stg_billing__pricing_plans') }}
    where metric_id is not null
),

reasoned as (
    select
        uncovered_days.customer_id,
        uncovered_days.metric_id,
        case
            when counted_metrics.metric_id is null then 'metric_without_plan'
            when uncovered_days.is_paused then 'paused'
            else 'no_active_subscription'
        end as reason,
        uncovered_days.quantity,
        uncovered_days.usage_day
    from uncovered_days
    left join counted_metrics on uncovered_days.metric_id = counted_metrics.metric_id
    union all
    select
        customer_id,
        metric_id,
        reason,
        quantity,
        usage_day
    from held_back_days
)

select
    {{ period_start('usage_day') }} as period_start,
    customer_id,
    metric_id,
    reason,
    sum(quantity) as quantity,
    array_agg(distinct usage_day) as usage_days,
    min(usage_day) as first_day,
    max(usage_day) as last_day
from reasoned
group by
    {{ period_start('usage_day') }},
    customer_id,
    metric_id,
    reason
