-- The daily roll-up, from which runs bill, is the exact sum of the events it says it has seen.
with billing_events as (
    select
        customer_id,
        metric_id,
        usage_day,
        count(*) as events,
        sum(quantity) as quantity
    from {{ ref('stg_billing__billing_events_recorded') }}
    where
        txid < (
            select watermarks.rolled_up_before_txid
            from {{ ref('stg_billing__usage_watermarks') }} as watermarks
        )
    group by
        customer_id,
        metric_id,
        usage_day
),

daily_usage as (
    select * from {{ ref('stg_billing__daily_usage_recorded') }}
),

compared as (
    select
        coalesce(daily_usage.customer_id, billing_events.customer_id) as customer_id,
        coalesce(daily_usage.metric_id, billing_events.metric_id) as metric_id,
        coalesce(daily_usage.usage_day, billing_events.usage_day) as usage_day,
        coalesce(billing_events.events, 0) as events,
        coalesce(daily_usage.events, 0) as rolled_up_events,
        coalesce(billing_events.quantity, 0) as quantity,
        coalesce(daily_usage.quantity, 0) as rolled_up_quantity
    from daily_usage
    full join billing_events
        on
            daily_usage.customer_id = billing_events.customer_id
            and daily_usage.metric_id = billing_events.metric_id
            and daily_usage.usage_day = billing_events.usage_day
),

customers as (
    select * from {{ ref('stg_billing__customers') }}
)

select
    customers.account_number,
    {{ period('compared.usage_day') }} as period,
    compared.usage_day,
    compared.events,
    compared.rolled_up_events,
    compared.quantity,
    compared.rolled_up_quantity
from compared
left join customers on compared.customer_id = customers.customer_id
where
    compared.events <> compared.rolled_up_events
    or compared.quantity <> compared.rolled_up_quantity
