with usage_months as (
    select * from {{ ref('int_usage_months_unbilled') }}
),

billing_events as (
    select * from {{ ref('stg_billing__billing_events') }}
),

customers as (
    select * from {{ ref('stg_billing__customers') }}
),

metrics as (
    select * from {{ ref('stg_billing__metrics') }}
)

select
    {{ period('usage_months.period_start') }} as period,
    customers.account_number,
    metrics.metric,
    trim_scale(usage_months.quantity) as quantity,
    events.first_at,
    events.last_at,
    usage_months.reason,
    usage_months.period_start
from usage_months
inner join customers on usage_months.customer_id = customers.customer_id
inner join metrics on usage_months.metric_id = metrics.metric_id
left join lateral (
    select
        min(billing_events.occurred_at) as first_at,
        max(billing_events.occurred_at) as last_at
    from billing_events
    where
        billing_events.customer_id = usage_months.customer_id
        and billing_events.metric_id = usage_months.metric_id
        and billing_events.occurred_at >= {{ start_of_local_day('usage_months.first_day') }}
        and billing_events.occurred_at < {{ start_of_local_day('usage_months.last_day + 1') }}
        and billing_events.usage_day = any(usage_months.usage_days)
) as events on true
