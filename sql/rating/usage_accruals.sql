-- The price of a month's units up to each week less that up to the week before. Units above the last tier have no
-- price; their customer is parked. Reports of months that are not kept ask it too: hence "security definer".
-- Long: weeks, prices and differences of all customers in one statement.
create or replace function billing.usage_accruals(
    p_period_start date,
    p_until date,
    p_has_uncounted_events boolean
)
returns table (
    week date,
    currency text,
    is_of_new_customers boolean,
    amount numeric
)
language sql
stable
parallel safe
security definer
set search_path = pg_catalog, pg_temp
as $$
with zone as (
    select billing.billing_timezone() as name
),

usage_days as (
    select
        daily_usage.customer_id,
        daily_usage.metric_id,
        daily_usage.usage_day,
        daily_usage.quantity
    from billing.daily_usage
    union all
    select
        billing_events.customer_id,
        billing_events.metric_id,
        (billing_events.occurred_at at time zone zone.name)::date as usage_day,
        billing_events.quantity
    from billing.billing_events
    cross join zone
    where
        p_has_uncounted_events
        and billing_events.txid >= (select rolled_up_before_txid from billing.usage_watermarks)
),

usage_weeks as (
    select
        subscriptions.subscription_id,
        subscriptions.customer_id,
        subscriptions.plan_id,
        subscriptions.currency,
        date_trunc('week', usage_days.usage_day::timestamp)::date as week,
        sum(usage_days.quantity) as quantity
    from billing.subscriptions
    inner join usage_days
        on
            subscriptions.customer_id = usage_days.customer_id
            and subscriptions.metric_id = usage_days.metric_id
            and usage_days.usage_day >= subscriptions.starts_on
            and usage_days.usage_day < coalesce(subscriptions.ends_on, 'infinity')
    where
        usage_days.usage_day >= p_period_start
        and usage_days.usage_day < least(p_until, billing.billing_period_end(p_period_start))
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

comment on function billing.usage_accruals (date, date, boolean)
is 'What each week of the month from p_period_start added to the charges for its usage before p_until (null: all of it), unrounded: by week, currency, and whether the customers began in that week. Events that no roll-up has counted yet are part of it where p_has_uncounted_events.';
