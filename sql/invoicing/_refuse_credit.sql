create or replace function billing._refuse_credit(
    p_amount numeric,
    p_left numeric,
    p_currency text,
    p_of text
)
returns void
language plpgsql
stable
security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
    if coalesce(p_left, 0) <= 0 then
        raise object_not_in_prerequisite_state using
            message = format('nothing is left to credit of %s', p_of);
    end if;
    raise invalid_parameter_value using
        message = format('%s %s cannot be credited of %s', p_amount, p_currency, p_of),
        hint = format(
            'Give an amount in the currency''s minor unit, up to %s.', billing.shown_amount(p_left, p_currency)
        );
end;
$$;

comment on function billing._refuse_credit (numeric, numeric, text, text)
is 'Raises: there is nothing left to credit, or not as much as was asked for.';
