-- The one place where a price is applied to a quantity: runs, previews and price_quantity all come through here.
-- Plain SQL without settings, so that the planner inlines it into a run's single statement. Division is avoided:
-- packages are counted with div and mod, which are exact.
create or replace function billing.priced_tiers(
    p_pricing_model text,
    p_tiers jsonb,
    p_quantity numeric,
    p_package_size numeric
)
returns table (
    tier_position bigint,
    tier text,
    quantity numeric,
    unit_amount numeric,
    flat_amount numeric
)
language sql
immutable
parallel safe
security invoker
as $$
with tiers as (
    select
        row_number() over (order by t.up_to nulls last) as tier_position,
        t.tier,
        t.up_to,
        coalesce(lag(t.up_to) over (order by t.up_to nulls last), 0) as above,
        t.unit_amount,
        coalesce(t.flat_amount, 0) as flat_amount
    from jsonb_to_recordset(p_tiers) as t (
        tier text, up_to numeric, unit_amount numeric, flat_amount numeric
    )
)

select
    tiers.tier_position,
    tiers.tier,
    case p_pricing_model
        when 'graduated' then least(p_quantity, coalesce(tiers.up_to, p_quantity)) - tiers.above
        when 'package' then
            div(p_quantity, p_package_size) + sign(mod(p_quantity, p_package_size))
        else p_quantity
    end as quantity,
    tiers.unit_amount,
    tiers.flat_amount
from tiers
where
    p_quantity > tiers.above
    and (p_pricing_model <> 'volume' or tiers.up_to is null or p_quantity <= tiers.up_to)
$$;

comment on function billing.priced_tiers (text, jsonb, numeric, numeric)
is 'Tiers a quantity reaches, with the units (or packages) priced in each; unrounded, unchecked.';
