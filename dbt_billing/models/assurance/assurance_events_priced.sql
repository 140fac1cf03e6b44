with billing_events as (
    select
        *,
        {{ period_start('usage_day') }} as usage_month
    from {{ ref('stg_billing__billing_events_recorded') }}
),

phases as (
    select
        phases.*,
        month.month::date as usage_month
    from {{ ref('assurance_phases_rerated') }} as phases
    cross join
        lateral generate_series(
            date_trunc('month', phases.starts_on::timestamp),
            (phases.ends_on - 1)::timestamp,
            interval '1 month'
        ) as month (month)
    where phases.metric_id is not null
),

prices_applied as (
    select * from {{ ref('assurance_prices_applied') }}
)

select
    phases.service_key,
    phases.customer_id,
    phases.subscription_id,
    phases.plan_id,
    phases.currency,
    phases.period_start,
    phases.due_on,
    prices_applied.price_id,
    {{ cell_of_event() }} as cell_position,
    billing_events.txid,
    billing_events.quantity,
    billing_events.usage_day,
    billing_events.usage_month
from billing_events
inner join phases
    on
        billing_events.customer_id = phases.customer_id
        and billing_events.metric_id = phases.metric_id
        and billing_events.usage_month = phases.usage_month
        and billing_events.usage_day >= phases.starts_on
        and billing_events.usage_day < phases.ends_on
inner join prices_applied
    on
        phases.customer_id = prices_applied.customer_id
        and phases.plan_id = prices_applied.plan_id
        and phases.currency = prices_applied.currency
        and phases.price_day = prices_applied.price_day
