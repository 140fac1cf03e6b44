-- Takes a piece of a statement; a long one comes in several calls, so that nobody waits long for the locks of one. An
-- entry is stored and matched once, whatever brings it again (idempotent by fingerprint), so an import that broke off
-- is simply made again. Locks every invoice the new entries may touch, in the order of their ids.
-- Each piece is planned anew: a plan of the first one takes the tables for as empty as they were then.
-- Long for the counts that it returns.
create or replace function billing.import_bank_entries(p_source text, p_entries jsonb)
returns table (
    bank_transaction_id bigint,
    entry_id text,
    status text,
    status_reason text,
    applied numeric,
    is_new boolean,
    is_of_another_statement boolean,
    concern text
)
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
as $$
declare
    v_entries jsonb := p_entries;
    v_new bigint[];
    v_to_be_matched bigint[];
    v_id bigint;
begin
    perform billing.require_bank_entries(p_source, p_entries);
    if jsonb_path_exists(p_entries, '$[*].first_version') then
        v_entries := billing._known_to_first_version(v_entries);
    end if;
    v_entries := billing._told_apart(v_entries);
    select
        coalesce(array_agg(stored.bank_transaction_id), '{}'),
        coalesce(
            array_agg(stored.bank_transaction_id order by stored.bank_transaction_id)
            filter (where stored.is_to_be_matched),
            '{}'
        )
    into v_new, v_to_be_matched
    from billing._store_bank_entries(p_source, v_entries) as stored;
    perform billing.lock_invoices(array(
        select touched.invoice_id
        from billing.bank_transactions as entries
        cross join lateral billing._transaction_invoices(entries) as touched (invoice_id)
        where entries.bank_transaction_id = any(v_to_be_matched)
    ));
    foreach v_id in array v_to_be_matched loop
        perform billing._match_bank_transaction(v_id);
    end loop;

    return query
    select
        entries.bank_transaction_id,
        entries.entry_id,
        entries.status,
        entries.status_reason,
        coalesce(paid.amount, 0),
        given.place = 1 and entries.bank_transaction_id = any(v_new),
        entries.entry_id is null
        and entries.bank_transaction_id <> all(v_new)
        and coalesce(entries.statement_id <> given.entry ->> 'statement_id', false),
        case
            when entries.status = 'overpaid' and given.place = 1 and entries.bank_transaction_id = any(v_new)
                then billing._overpayment_concern(entries)
        end
    from (
        select
            numbered.entry,
            numbered.ordinal,
            row_number() over (
                partition by numbered.entry ->> 'fingerprint'
                order by numbered.ordinal
            ) as place
        from jsonb_array_elements(v_entries) with ordinality as numbered (entry, ordinal)
    ) as given
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
is 'Takes in entries of a bank statement (an array of objects with the fields of billing.bank_transactions) and matches the new ones; returns what became of each, and of a new one what looks like a mistake.';
