-- Asked for a whole file before the first piece of it is booked, with one entry for each currency: the one with the
-- most decimals.
create or replace function billing.require_bank_entries(p_source text, p_entries jsonb)
returns void
language plpgsql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_entry record;
begin
    select
        concat_ws(', line ', p_source, entries.line) as place,
        entries.amount,
        entries.currency,
        currencies.exponent
    into v_entry
    from jsonb_to_recordset(p_entries) as entries (
        line integer,
        amount numeric,
        currency text
    )
    left join billing.currencies using (currency)
    where
        currencies.currency is null
        or entries.amount is distinct from round(entries.amount, currencies.exponent)
    order by entries.line
    limit 1;
    if found and v_entry.exponent is null then
        raise invalid_parameter_value using
            message = format('the entry in %s has an unknown currency: %s', v_entry.place, v_entry.currency),
            hint = 'Expected a code of ISO 4217.';
    elsif found then
        raise invalid_parameter_value using
            message = format(
                'the entry in %s has an amount that cannot be: %s %s',
                v_entry.place, v_entry.amount, v_entry.currency
            ),
            hint = format('Expected at most %s decimals.', v_entry.exponent);
    end if;
end;
$$;

comment on function billing.require_bank_entries (text, jsonb)
is 'Refuses entries of a statement in an unknown currency, or with fractions of its minor unit, by file and line.';
