create or replace function billing.prorated_amount(
    p_amount numeric,
    p_active_days integer,
    p_period_days integer,
    p_currency text
)
returns numeric
language plpgsql
stable
parallel safe
security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
    if p_period_days <= 0 or p_active_days not between 0 and p_period_days then
        raise invalid_parameter_value using
            message = format('cannot prorate %s of %s days', p_active_days, p_period_days),
            hint = 'The active days lie between 0 and the days of the period.';
    end if;
    return billing.prorated_share(
        p_amount => p_amount,
        p_active_days => p_active_days,
        p_period_days => p_period_days,
        p_minor_units => billing.currency_exponent(p_currency)
    );
end;
$$;

comment on function billing.prorated_amount (numeric, integer, integer, text)
is 'Share of a full-period amount for p_active_days of p_period_days, rounded once to the currency''s minor unit, half away from zero.';
