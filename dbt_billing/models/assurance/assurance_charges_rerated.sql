with usage as (
    select * from {{ ref('assurance_usage_rerated') }}
),

flat_prices as (
    select * from {{ ref('assurance_flat_prices_rerated') }}
),

currencies as (
    select * from {{ ref('stg_billing__currencies') }}
),

flat_amounts as (
    select
        flat_prices.*,
        {{ half_up('flat_prices.price', '1', 'currencies.minor_units') }} as full_amount,
        {{ half_up(
            'flat_prices.price * (flat_prices.days - flat_prices.days_without)',
            'flat_prices.days',
            'currencies.minor_units'
        ) }} as due_amount
    from flat_prices
    inner join currencies on flat_prices.currency = currencies.currency
)

select
    usage.customer_id,
    usage.period_start,
    usage.subscription_id,
    usage.currency,
    usage.kind,
    usage.tier_position,
    usage.is_tier_flat_amount,
    usage.quantity,
    {{ half_up('usage.exact_amount', '1', 'currencies.minor_units') }} as amount
from usage
inner join currencies on usage.currency = currencies.currency
union all
select
    customer_id,
    period_start,
    subscription_id,
    currency,
    'subscription' as kind,
    0 as tier_position,
    false as is_tier_flat_amount,
    quantity,
    full_amount as amount
from flat_amounts
union all
select
    customer_id,
    period_start,
    subscription_id,
    currency,
    'proration' as kind,
    0 as tier_position,
    false as is_tier_flat_amount,
    1 as quantity,
    due_amount - full_amount as amount
from flat_amounts
where days_without > 0
