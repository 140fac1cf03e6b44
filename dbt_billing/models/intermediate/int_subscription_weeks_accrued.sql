with subscriptions as (
    select
        *,
        min(starts_on) over (partition by customer_id) as customer_starts_on
    from {{ ref('stg_billing__subscriptions') }}
),

pricing_plans as (
    select *
    from {{ ref('stg_billing__pricing_plans') }}
    where kind = 'flat'
),

weeks as (
    select * from {{ ref('int_weeks_split') }}
),

-- Subscriptions of the same days accrue together: there are far fewer of these than subscriptions.
prices as (
    select
        subscriptions.currency,
        subscriptions.starts_on,
        subscriptions.ends_on,
        {{ week('subscriptions.customer_starts_on') }} as first_week,
        sum(subscriptions.quantity * pricing_plans.unit_amount) as price
    from subscriptions
    inner join pricing_plans on subscriptions.plan_id = pricing_plans.plan_id
    group by
        subscriptions.currency,
        subscriptions.starts_on,
        subscriptions.ends_on,
        {{ week('subscriptions.customer_starts_on') }}
)

select
    weeks.period_start,
    weeks.week,
    prices.currency,
    prices.first_week = weeks.week as is_of_new_customers,
    sum(
        prices.price
        * (
            least(prices.ends_on, weeks.ends_on)
            - greatest(prices.starts_on, weeks.starts_on)
        )
        / weeks.period_days
    ) as amount
from prices
inner join weeks
    on
        prices.starts_on < weeks.ends_on
        and prices.ends_on > weeks.starts_on
group by
    weeks.period_start,
    weeks.week,
    prices.currency,
    prices.first_week = weeks.week
