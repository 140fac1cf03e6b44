-- Prices of each usage plan in the form billing.price_quantity takes.
create or replace view billing.plan_prices as
select
    pricing_plans.plan_id,
    pricing_plans.plan_code,
    pricing_plans.pricing_model,
    pricing_plans.package_size,
    case
        when pricing_plans.pricing_model in ('graduated', 'volume') then tiers.tiers
        else jsonb_build_array(
            jsonb_build_object('tier', null, 'up_to', null, 'unit_amount', pricing_plans.unit_amount)
        )
    end as tiers,
    tiers.highest_up_to,
    pricing_plans.currency
from billing.pricing_plans
left join lateral (
    select
        jsonb_agg(
            jsonb_build_object(
                'tier', price_tiers.tier,
                'up_to', price_tiers.up_to,
                'unit_amount', price_tiers.unit_amount,
                'flat_amount', price_tiers.flat_amount
            )
            order by price_tiers.tier_position
        ) as tiers,
        nullif(max(coalesce(price_tiers.up_to, 'Infinity')), 'Infinity') as highest_up_to
    from billing.price_tiers
    where price_tiers.plan_id = pricing_plans.plan_id
) as tiers on true
where pricing_plans.kind = 'usage';

comment on view billing.plan_prices is 'One row per usage plan: its tiers as jsonb, for billing.price_quantity.';
comment on column billing.plan_prices.tiers is 'Null: a graduated or volume plan whose tiers are not loaded.';
comment on column billing.plan_prices.highest_up_to
is 'Upper bound of the last tier in units; null: no bound. A quantity above it cannot be priced.';
