-- The daily roll-up, from which runs bill, is the exact sum of the events it says it has seen, by the properties that
-- prices may ask for.
with billing_events as (
    select
        billing_events.customer_id,
        billing_events.metric_id,
        billing_events.usage_day,
        asked.dimensions,
        count(*) as events,
        sum(billing_events.quantity) as quantity
    from {{ ref('stg_billing__billing_events_recorded') }} as billing_events
    inner join {{ ref('stg_billing__metrics') }} as metrics on billing_events.metric_id = metrics.metric_id
    cross join
        lateral (
            select
                case
                    when metrics.dimensions = '[]' then '{}'
                    else (
                        select coalesce(jsonb_object_agg(property.key, property.value), '{}')
                        from jsonb_each_text(billing_events.properties) as property (key, value)
                        where metrics.dimensions ? property.key and property.value is not null
                    )
                end as dimensions
        ) as asked
    where
        billing_events.txid < (
            select watermarks.rolled_up_before_txid
            from {{ ref('stg_billing__usage_watermarks') }} as watermarks
        )
    group by
        billing_events.customer_id,
        billing_events.metric_id,
        billing_events.usage_day,
        asked.dimensions
),

daily_usage as (
    select
        daily_usage.*,
        usage_keys.dimensions
    from {{ ref('stg_billing__daily_usage_recorded') }} as daily_usage
    inner join {{ ref('stg_billing__usage_keys') }} as usage_keys on daily_usage.usage_key_id = usage_keys.usage_key_id
),

compared as (
    select
        coalesce(daily_usage.customer_id, billing_events.customer_id) as customer_id,
        coalesce(daily_usage.metric_id, billing_events.metric_id) as metric_id,
        coalesce(daily_usage.usage_day, billing_events.usage_day) as usage_day,
        coalesce(daily_usage.dimensions, billing_events.dimensions) as dimensions,
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
            and daily_usage.dimensions = billing_events.dimensions
),

customers as (
    select * from {{ ref('stg_billing__customers') }}
)

select
    customers.account_number,
    {{ period('compared.usage_day') }} as period,
    compared.usage_day,
    nullif(compared.dimensions, '{}') as dimensions,
    compared.events,
    compared.rolled_up_events,
    compared.quantity,
    compared.rolled_up_quantity
from compared
left join customers on compared.customer_id = customers.customer_id
where
    compared.events <> compared.rolled_up_events
    or compared.quantity <> compared.rolled_up_quantity
