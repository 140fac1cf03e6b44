-- Idempotent by fingerprint: an entry is stored and matched once, whatever statement brings it again.
-- Locks every invoice the new entries may touch, in the order of their ids.
create or replace function billing.import_bank_entries(p_source text, p_entries jsonb)
returns table (
    bank_transaction_id bigint,
    entry_id text,
    status text,
    status_reason text,
    applied numeric,
    is_new boolean
)
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_entries jsonb := billing._told_apart(p_entries);
    v_new bigint[];
    v_id bigint;
begin
    perform billing._require_bank_entries(p_entries);
    select coalesce(array_agg(stored.id order by stored.id), '{}')
    into v_new
    from billing._store_bank_entries(p_source, v_entries) as stored (id);
    perform billing._lock_invoices(array(
        select touched.invoice_id
        from billing.bank_transactions as entries
        cross join lateral billing._transaction_invoices(entries) as touched (invoice_id)
        where entries.bank_transaction_id = any(v_new)
    ));
    foreach v_id in array v_new loop
        perform billing._match_bank_transaction(v_id);
    end loop;

    return query
    select
        entries.bank_transaction_id,
        entries.entry_id,
        entries.status,
        entries.status_reason,
        coalesce(paid.amount, 0),
        entries.bank_transaction_id = any(v_new)
    from jsonb_array_elements(v_entries) with ordinality as given (entry, ordinal)
    inner join billing.bank_transactions as entries on given.entry ->> 'fingerprint' = entries.fingerprint
    left join lateral (
        select sum(applications.amount) as amount
        from billing.payments
        inner join billing.payment_applications as applications using (payment_id)
        where payments.bank_transaction_id = entries.bank_transaction_id
    ) as paid on true
    order by given.ordinal;
end;
$$;

comment on function billing.import_bank_entries (text, jsonb)
is 'Takes in the entries of a bank statement (an array of objects with the fields of billing.bank_transactions) and matches the new ones; returns what became of each.';
