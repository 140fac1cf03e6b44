with phases as (
    select
        *,
        min(starts_on) over (partition by customer_id) as customer_starts_on
    from {{ ref('stg_billing__subscription_phases') }}
),

phases_priced as (
    select * from {{ ref('int_phases_priced') }}
),

subscriptions as (
    select * from {{ ref('stg_billing__subscriptions') }}
    where metric_id is null
),

price_tiers as (
    select * from {{ ref('stg_billing__price_tiers') }}
),

weeks as (
    select * from {{ ref('int_weeks_split') }}
),

-- Subscriptions of the same days accrue together: there are far fewer of these than subscriptions.
prices as (
    select
        subscriptions.currency,
        phases_priced.starts_on,
        phases_priced.ends_on,
        {{ week('phases.customer_starts_on') }} as first_week,
        sum(phases.quantity * price_tiers.unit_amount / subscriptions.interval_months) as price
    from phases
    inner join phases_priced
        on
            phases.subscription_id = phases_priced.subscription_id
            and phases.starts_on = phases_priced.phase_starts_on
    inner join subscriptions on phases.subscription_id = subscriptions.subscription_id
    inner join price_tiers on phases_priced.price_id = price_tiers.price_id
    group by
        subscriptions.currency,
        phases_priced.starts_on,
        phases_priced.ends_on,
        {{ week('phases.customer_starts_on') }}
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
