-- Plain SQL without settings, so that the planner inlines it.
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
    priced.quantity,
    tiers.unit_amount,
    tiers.flat_amount
from tiers
cross join lateral (
    select
        billing.tier_quantity(
            p_pricing_model => p_pricing_model,
            p_quantity => p_quantity,
            p_above => tiers.above,
            p_up_to => tiers.up_to,
            p_package_size => p_package_size
        ) as quantity
) as priced
where priced.quantity is not null
$$;

comment on function billing.priced_tiers (text, jsonb, numeric, numeric)
is 'Tiers a quantity reaches, with the units (or packages) priced in each; unrounded, unchecked.';
