with usage_days as (
    select * from {{ ref('int_usage_days_covered') }}
),

months as (
    select * from {{ ref('int_months_to_accrue') }}
),

price_tiers as (
    select * from {{ ref('int_price_tiers_accumulated') }}
),

-- Lateral, so that of each month only its own days are read.
usage_weeks as (
    select
        months.period_start,
        weeks.*
    from months
    cross join lateral (
        select
            usage_days.subscription_id,
            usage_days.customer_id,
            usage_days.plan_id,
            usage_days.currency,
            {{ week('usage_days.usage_day') }} as week,
            sum(usage_days.quantity) as quantity
        from usage_days
        where
            usage_days.usage_day >= months.period_start
            and usage_days.usage_day < months.period_end
        group by
            usage_days.subscription_id,
            usage_days.customer_id,
            usage_days.plan_id,
            usage_days.currency,
            {{ week('usage_days.usage_day') }}
    ) as weeks
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
        case
            when price_tiers.package_size is null
                then
                    price_tiers.base_amount
                    + (
                        least(accumulated.quantity_to_date, price_tiers.highest_up_to)
                        - price_tiers.base_quantity
                    ) * price_tiers.unit_amount
            else
                (
                    div(accumulated.quantity_to_date, price_tiers.package_size)
                    + sign(mod(accumulated.quantity_to_date, price_tiers.package_size))
                ) * price_tiers.unit_amount
        end as cost_to_date
    from accumulated
    inner join price_tiers
        on
            accumulated.plan_id = price_tiers.plan_id
            and least(accumulated.quantity_to_date, price_tiers.highest_up_to) > price_tiers.above
            and least(accumulated.quantity_to_date, price_tiers.highest_up_to) <= price_tiers.up_to
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
