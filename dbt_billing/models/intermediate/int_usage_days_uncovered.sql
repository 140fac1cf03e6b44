with gaps as (
    select * from {{ ref('int_subscription_gaps') }}
),

daily_usage as (
    select * from {{ ref('stg_billing__daily_usage') }}
),

uncounted as (
    select * from {{ ref('int_usage_days_uncounted') }}
)

-- From the few gaps, not from the days: hardly any usage is without a subscription. Lateral and in order,
-- which keeps the planner from reading every day: each gap is looked up in the index.
select
    gaps.customer_id,
    gaps.metric_id,
    gaps.is_paused,
    usage_days.quantity,
    usage_days.usage_day
from gaps
inner join lateral (
    select
        daily_usage.quantity,
        daily_usage.usage_day
    from daily_usage
    where
        daily_usage.customer_id = gaps.customer_id
        and daily_usage.metric_id = gaps.metric_id
        and daily_usage.usage_day >= gaps.starts_on
        and daily_usage.usage_day < gaps.ends_on
    order by daily_usage.usage_day
) as usage_days on true
union all
select
    uncounted.customer_id,
    uncounted.metric_id,
    gaps.is_paused,
    uncounted.quantity,
    uncounted.usage_day
from uncounted
inner join gaps
    on
        uncounted.customer_id = gaps.customer_id
        and uncounted.metric_id = gaps.metric_id
        and uncounted.usage_day >= gaps.starts_on
        and uncounted.usage_day < gaps.ends_on
