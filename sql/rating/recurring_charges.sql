create or replace function billing.recurring_charges(p_period_start date)
returns table (
    customer_id bigint,
    subscription_id bigint,
    kind text,
    tier text,
    quantity numeric,
    unit_amount numeric,
    amount numeric
)
language sql
stable
parallel safe
security invoker
as $$
with active as (
    select
        subscriptions.customer_id,
        subscriptions.subscription_id,
        subscriptions.quantity,
        pricing_plans.unit_amount,
        currencies.exponent,
        billing.billing_period_end(p_period_start) - p_period_start as period_days,
        billing.active_days(
            p_starts_on => subscriptions.starts_on,
            p_ends_on => subscriptions.ends_on,
            p_period_start => p_period_start
        ) as active_days
    from billing.subscriptions
    inner join billing.pricing_plans on subscriptions.plan_id = pricing_plans.plan_id
    inner join billing.currencies on subscriptions.currency = currencies.currency
    where pricing_plans.kind = 'flat'
),

full_prices as (
    select
        active.*,
        round(active.quantity * active.unit_amount, active.exponent) as full_amount
    from active
    where active.active_days > 0
),

prorations as (
    select
        full_prices.*,
        billing.prorated_share(
            p_amount => full_prices.quantity * full_prices.unit_amount,
            p_active_days => full_prices.active_days,
            p_period_days => full_prices.period_days,
            p_minor_units => full_prices.exponent
        ) - full_prices.full_amount as proration
    from full_prices
    where full_prices.active_days < full_prices.period_days
)

select
    full_prices.customer_id,
    full_prices.subscription_id,
    'subscription' as kind,
    null as tier,
    full_prices.quantity,
    full_prices.unit_amount,
    full_prices.full_amount as amount
from full_prices
union all
select
    prorations.customer_id,
    prorations.subscription_id,
    'proration' as kind,
    prorations.active_days || '/' || prorations.period_days as tier,
    1 as quantity,
    prorations.proration as unit_amount,
    prorations.proration as amount
from prorations
$$;

comment on function billing.recurring_charges (date)
is 'Flat prices of a month: the full price of each subscription active on at least one day, and where it was not active on all, the proration (prorated minus full price) with its days as tier, such as 19/28.';
