create or replace function billing.round_amount(p_amount numeric, p_currency text)
returns numeric
language sql
stable
parallel safe
security invoker
return round(p_amount, billing.currency_exponent(p_currency));

comment on function billing.round_amount (numeric, text)
is 'Rounds an amount in currency units to the minor unit of its ISO 4217 currency, half away from zero.';
