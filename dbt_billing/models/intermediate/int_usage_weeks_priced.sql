with usage_days as (
    select * from {{ ref('int_usage_days_covered') }}
),

plan_prices as (
    select * from {{ ref('stg_billing__plan_prices') }}
),

usage_weeks as (
    select
        subscription_id,
        customer_id,
        plan_id,
        currency,
        period_start,
        {{ week('usage_day') }} as week,
        sum(quantity) as quantity
    from usage_days
    where subscription_id is not null
    group by
        subscription_id,
        customer_id,
        plan_id,
        currency,
        period_start,
        {{ week('usage_day') }}
),

accumulated as (
    select
        *,
        sum(quantity) over (
            partition by subscription_id, period_start
            order by week
        ) as quantity_to_date
    from usage_weeks
),

-- Units above the last tier have no price (their customer is parked); a plan without tiers has none at all.
priced as (
    select
        accumulated.*,
        (
            select coalesce(sum(prices.amount), 0)
            from billing.price_quantity(
                p_pricing_model => plan_prices.pricing_model,
                p_tiers => plan_prices.tiers,
                p_quantity => least(accumulated.quantity_to_date, plan_prices.highest_up_to),
                p_package_size => plan_prices.package_size
            ) as prices
        ) as cost_to_date
    from accumulated
    inner join plan_prices on accumulated.plan_id = plan_prices.plan_id
    where plan_prices.tiers is not null
)

select
    subscription_id,
    customer_id,
    currency,
    period_start,
    week,
    quantity,
    cost_to_date - coalesce(
        lag(cost_to_date) over (partition by subscription_id, period_start order by week),
        0
    ) as amount
from priced
