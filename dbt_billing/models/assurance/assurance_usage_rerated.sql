with billing_events as (
    select * from {{ ref('stg_billing__billing_events_recorded') }}
),

subscriptions as (
    select * from {{ ref('stg_billing__subscriptions') }}
),

months as (
    select * from {{ ref('assurance_months_settled') }}
),

tiers as (
    select * from {{ ref('assurance_tiers_bounded') }}
),

usage as (
    select
        months.customer_id,
        months.period_start,
        subscriptions.subscription_id,
        subscriptions.plan_id,
        subscriptions.currency,
        sum(billing_events.quantity) as units
    from billing_events
    inner join months
        on
            billing_events.customer_id = months.customer_id
            and {{ period_start('billing_events.usage_day') }} = months.period_start
            and billing_events.txid < months.usage_before_txid
    inner join subscriptions
        on
            billing_events.customer_id = subscriptions.customer_id
            and billing_events.metric_id = subscriptions.metric_id
            and billing_events.usage_day between subscriptions.starts_on and subscriptions.ends_on - 1
    group by
        months.customer_id,
        months.period_start,
        subscriptions.subscription_id,
        subscriptions.plan_id,
        subscriptions.currency
),

reached as (
    select
        usage.*,
        tiers.tier_position,
        tiers.unit_amount,
        tiers.flat_amount,
        {{ quantity_in_tier('usage.units') }} as quantity
    from usage
    inner join tiers
        on
            usage.plan_id = tiers.plan_id
            and {{ is_in_tier('usage.units') }}
)

select
    customer_id,
    period_start,
    subscription_id,
    currency,
    'usage' as kind,
    tier_position,
    false as is_tier_flat_amount,
    quantity,
    quantity * unit_amount as exact_amount
from reached
union all
select
    customer_id,
    period_start,
    subscription_id,
    currency,
    'usage' as kind,
    tier_position,
    true as is_tier_flat_amount,
    1 as quantity,
    flat_amount as exact_amount
from reached
where flat_amount <> 0
