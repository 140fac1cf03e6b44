-- A pure function of usage and prices: what the month costs in all, whatever has been billed of it already.
create or replace function billing.usage_charges(p_period_start date)
returns table (
    customer_id bigint,
    subscription_id bigint,
    tier_position integer,
    is_tier_flat_amount boolean,
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
select
    usage.customer_id,
    usage.subscription_id,
    priced.tier_position::integer,
    charge.is_tier_flat_amount,
    priced.tier,
    charge.quantity,
    charge.unit_amount,
    round(charge.quantity * charge.unit_amount, currencies.exponent) as amount
from billing.subscription_usage(p_period_start) as usage
inner join billing.plan_prices on usage.plan_id = plan_prices.plan_id
inner join billing.currencies on plan_prices.currency = currencies.currency
cross join lateral billing.priced_tiers(
    p_pricing_model => plan_prices.pricing_model,
    p_tiers => plan_prices.tiers,
    p_quantity => usage.quantity,
    p_package_size => plan_prices.package_size
) as priced
cross join lateral (
    values
    (false, priced.quantity, priced.unit_amount),
    (true, 1::numeric, priced.flat_amount)
) as charge (is_tier_flat_amount, quantity, unit_amount)
where not charge.is_tier_flat_amount or charge.unit_amount <> 0
$$;

comment on function billing.usage_charges (date)
is 'What the usage of a month costs in all: per subscription and tier reached one charge, and one for a tier''s flat amount; rounded once each to the currency''s minor unit.';
