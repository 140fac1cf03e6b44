-- The names that a charge has from its price are put together here, once a tier, and not once a charge.
create or replace view billing.price_ladders as
select
    prices.price_id,
    prices.plan_id,
    prices.customer_id,
    prices.currency,
    prices.pricing_model,
    prices.package_size,
    cells.cell_position,
    cells.cell,
    tiers.tier_position,
    tiers.tier,
    coalesce(lag(tiers.up_to) over ladder, 0) as above,
    tiers.up_to,
    tiers.unit_amount,
    tiers.flat_amount,
    quote_ident(plans.plan_code) || '/' || quote_ident(coalesce(cells.cell, '')) || '/'
    || quote_ident(coalesce(tiers.tier, '')) as charge_name
from billing.prices
inner join billing.pricing_plans as plans on prices.plan_id = plans.plan_id
inner join billing.price_cells as cells on prices.price_id = cells.price_id
inner join billing.price_tiers as tiers
    on cells.price_id = tiers.price_id and cells.cell_position = tiers.cell_position
window ladder as (partition by cells.price_id, cells.cell_position order by tiers.tier_position);

comment on view billing.price_ladders is 'One row per tier of a price, with the units above which it begins.';
comment on column billing.price_ladders.above is 'Units above which the tier begins: the bound of the one before, 0 for the first.';
comment on column billing.price_ladders.charge_name is 'Plan, cell and tier, as charge_key of usage has them.';
