create or replace function billing.price_quantity(
    p_pricing_model text,
    p_tiers jsonb,
    p_quantity numeric,
    p_package_size numeric default null
)
returns table (
    tier text,
    quantity numeric,
    unit_amount numeric,
    flat_amount numeric,
    amount numeric
)
language plpgsql
immutable
parallel safe
security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
    v_highest numeric;
begin
    if p_pricing_model is null or p_pricing_model not in ('graduated', 'volume', 'package', 'flat') then
        raise invalid_parameter_value using
            message = format('unknown pricing model %L', p_pricing_model),
            hint = 'Use graduated, volume, package or flat.';
    end if;
    if p_quantity is null or p_quantity < 0 or p_quantity in ('NaN', 'Infinity') then
        raise invalid_parameter_value using
            message = format('cannot price a quantity of %s', coalesce(p_quantity::text, 'null'));
    end if;
    if p_pricing_model = 'package' and (p_package_size is null or p_package_size <= 0) then
        raise invalid_parameter_value using message = 'package pricing needs a package size above 0';
    end if;
    select max(coalesce(t.up_to, 'Infinity')) into v_highest
    from jsonb_to_recordset(p_tiers) as t (up_to numeric);
    if v_highest is null or p_quantity > v_highest then
        raise invalid_parameter_value using
            message = format('no tier prices a quantity of %s', p_quantity),
            hint = 'Give the last tier no upper bound (up_to null).';
    end if;
    return query
    select
        p.tier,
        p.quantity,
        p.unit_amount,
        p.flat_amount,
        p.quantity * p.unit_amount + p.flat_amount
    from billing.priced_tiers(
        p_pricing_model => p_pricing_model,
        p_tiers => p_tiers,
        p_quantity => p_quantity,
        p_package_size => p_package_size
    ) as p
    order by p.tier_position;
end;
$$;

comment on function billing.price_quantity (text, jsonb, numeric, numeric)
is 'Prices a quantity: one row per tier reached, unrounded, amount = quantity x unit_amount + flat_amount in currency units. Tiers: [{"tier", "up_to" (inclusive, null: no bound), "unit_amount", "flat_amount"}]; for package and flat one element. The quantity of package rows is packages.';
