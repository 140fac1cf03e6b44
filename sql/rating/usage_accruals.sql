-- A pure function of usage and prices: the price of a month's units up to each week less that up to the week before.
-- Units above the last tier have no price; their customer is parked.
create or replace function billing.usage_accruals(p_period_start date)
returns table (
    week date,
    currency text,
    is_of_new_customers boolean,
    amount numeric
)
language sql
stable
parallel safe
security invoker
as $$
with usage_weeks as (
    select
        subscriptions.subscription_id,
        subscriptions.customer_id,
        subscriptions.plan_id,
        subscriptions.currency,
        date_trunc('week', daily_usage.usage_day::timestamp)::date as week,
        sum(daily_usage.quantity) as quantity
    from billing.subscriptions
    inner join billing.daily_usage
        on
            subscriptions.customer_id = daily_usage.customer_id
            and subscriptions.metric_id = daily_usage.metric_id
            and daily_usage.usage_day >= subscriptions.starts_on
            and daily_usage.usage_day < coalesce(subscriptions.ends_on, 'infinity')
    where
        daily_usage.usage_day >= p_period_start
        and daily_usage.usage_day < billing.billing_period_end(p_period_start)
    group by
        subscriptions.subscription_id,
        subscriptions.customer_id,
        subscriptions.plan_id,
        subscriptions.currency,
        week
),

accumulated as (
    select
        usage_weeks.*,
        sum(usage_weeks.quantity) over (partition by usage_weeks.subscription_id order by usage_weeks.week) as to_date
    from usage_weeks
),

priced as (
    select
        accumulated.*,
        cost.amount - coalesce(
            lag(cost.amount) over (partition by accumulated.subscription_id order by accumulated.week), 0
        ) as amount
    from accumulated
    inner join billing.plan_prices on accumulated.plan_id = plan_prices.plan_id
    cross join lateral (
        select sum(tiers.quantity * tiers.unit_amount + tiers.flat_amount) as amount
        from billing.priced_tiers(
            p_pricing_model => plan_prices.pricing_model,
            p_tiers => plan_prices.tiers,
            p_quantity => least(accumulated.to_date, plan_prices.highest_up_to),
            p_package_size => plan_prices.package_size
        ) as tiers
        having count(*) > 0
    ) as cost
),

beginnings as (
    select
        subscriptions.customer_id,
        date_trunc('week', min(subscriptions.starts_on)::timestamp)::date as first_week
    from billing.subscriptions
    group by subscriptions.customer_id
)

select
    priced.week,
    priced.currency,
    beginnings.first_week = priced.week as is_of_new_customers,
    sum(priced.amount) as amount
from priced
inner join beginnings on priced.customer_id = beginnings.customer_id
group by
    priced.week,
    priced.currency,
    is_of_new_customers
$$;

comment on function billing.usage_accruals (date)
is 'What each week of the month from p_period_start added to the charges for its usage, unrounded: by week, currency, and whether the customers began in that week.';
