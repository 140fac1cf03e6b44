create or replace function billing.currency_exponent(p_currency text)
returns smallint
language plpgsql
stable
parallel safe
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_exponent smallint;
begin
    select exponent into v_exponent
    from billing.currencies
    where currency = p_currency;
    if not found then
        raise invalid_parameter_value using
            message = format('unknown currency %L', p_currency),
            hint = 'Use a code of ISO 4217 such as USD.';
    end if;
    return v_exponent;
end;
$$;

comment on function billing.currency_exponent (text)
is 'Decimals of the minor unit of an ISO 4217 currency (USD 2, JPY 0, KWD 3); an unknown code is an error.';
