create or replace function billing._require_bank_entries(p_entries jsonb)
returns void
language plpgsql
stable
security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
    v_entry record;
begin
    select
        coalesce(entries.entry_id, entries.fingerprint) as name,
        entries.amount,
        entries.currency
    into v_entry
    from jsonb_to_recordset(p_entries) as entries (
        fingerprint text,
        entry_id text,
        amount numeric,
        currency text
    )
    left join billing.currencies using (currency)
    where currencies.currency is null or entries.amount is distinct from round(entries.amount, currencies.exponent)
    limit 1;
    if found then
        raise invalid_parameter_value using
            message = format(
                'entry %s has an amount that cannot be: %s %s', v_entry.name, v_entry.amount, v_entry.currency
            ),
            hint = 'Expected an ISO 4217 currency and no more decimals than it has.';
    end if;
end;
$$;

comment on function billing._require_bank_entries (jsonb)
is 'Refuses entries in an unknown currency, or with fractions of its minor unit.';
