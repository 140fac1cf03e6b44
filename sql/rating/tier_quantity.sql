-- Plain SQL without settings, so that the planner inlines it. Division is avoided: packages are counted with div and
-- mod, which are exact.
create or replace function billing.tier_quantity(
    p_pricing_model text,
    p_quantity numeric,
    p_above numeric,
    p_up_to numeric,
    p_package_size numeric
)
returns numeric
language sql
immutable
parallel safe
security invoker
return case
    when p_quantity <= p_above or (p_pricing_model = 'volume' and p_quantity > p_up_to) then null
    when p_pricing_model = 'graduated' then least(p_quantity, p_up_to) - p_above
    when p_pricing_model = 'package' then div(p_quantity, p_package_size) + sign(mod(p_quantity, p_package_size))
    else p_quantity
end;

comment on function billing.tier_quantity (text, numeric, numeric, numeric, numeric)
is 'Units (or packages) of a quantity that are priced in the tier above p_above up to p_up_to (null: no bound); null where the quantity does not reach it, or a volume price is another tier''s.';
