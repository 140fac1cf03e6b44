create or replace view billing.usage_cells as
select distinct on (prices.price_id, keys.usage_key_id)
    prices.price_id,
    keys.usage_key_id,
    cells.cell_position,
    cells.cell
from billing.prices
inner join billing.pricing_plans as plans on prices.plan_id = plans.plan_id
inner join billing.usage_keys as keys on plans.metric_id = keys.metric_id
inner join billing.price_cells as cells
    on prices.price_id = cells.price_id and keys.dimensions @> cells.conditions
order by
    prices.price_id asc,
    keys.usage_key_id asc,
    (select count(*) from jsonb_object_keys(cells.conditions)) desc;

comment on view billing.usage_cells
is 'One row per price and combination of dimensions: the cell that prices it, with the most conditions that it fulfils.';
