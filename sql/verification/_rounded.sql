-- Of the second path, which rounds otherwise than the engine: by adding half a minor unit and cutting off. Inlined.
create or replace function billing._rounded(p_amount numeric, p_minor_units integer, p_half numeric)
returns numeric
language sql
immutable
parallel safe
security invoker
return trunc(p_amount + sign(p_amount) * p_half, p_minor_units);

comment on function billing._rounded (numeric, integer, numeric)
is 'An amount rounded half away from zero; p_half is half a minor unit of its currency.';
