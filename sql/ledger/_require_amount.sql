create or replace function billing._require_amount(p_amount numeric, p_currency text)
returns void
language plpgsql
stable
security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
    v_minor_units integer := billing.currency_exponent(p_currency);
begin
    if p_amount > 0 and p_amount < 'Infinity' and p_amount = round(p_amount, v_minor_units) then
        return;
    end if;
    raise invalid_parameter_value using
        message = format('%s is not an amount of %s', p_amount, p_currency),
        hint = format('Give a positive amount with at most %s decimals.', v_minor_units);
end;
$$;

comment on function billing._require_amount (numeric, text)
is 'Raises unless it is a positive amount in the minor unit of the currency.';
