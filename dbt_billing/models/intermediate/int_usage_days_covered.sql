with usage_days as (
    select * from {{ ref('int_usage_days_combined') }}
),

subscriptions as (
    select * from {{ ref('stg_billing__subscriptions') }}
)

select
    usage_days.customer_id,
    usage_days.metric_id,
    subscriptions.subscription_id,
    subscriptions.plan_id,
    subscriptions.currency,
    usage_days.quantity,
    usage_days.usage_day,
    {{ period_start('usage_days.usage_day') }} as period_start
from usage_days
inner join subscriptions
    on
        usage_days.customer_id = subscriptions.customer_id
        and usage_days.metric_id = subscriptions.metric_id
        and usage_days.usage_day >= subscriptions.starts_on
        and usage_days.usage_day < subscriptions.ends_on
