-- The product is taken to 40 decimals before the division: numeric division keeps the scale of its operands, and
-- with fewer decimals a quotient just below half a cent could be rounded twice and end above it.
create or replace function billing.prorated_share(
    p_amount numeric,
    p_active_days integer,
    p_period_days integer,
    p_minor_units integer
)
returns numeric
language sql
immutable
parallel safe
security invoker
return round(round(p_amount * p_active_days, 40) / p_period_days, p_minor_units);

comment on function billing.prorated_share (numeric, integer, integer, integer)
is 'Share of an amount for the active days of a period, rounded half away from zero to p_minor_units decimals.';
