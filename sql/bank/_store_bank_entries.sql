create or replace function billing._store_bank_entries(p_source text, p_entries jsonb)
returns setof bigint
language sql
volatile
security invoker
as $$
with stored as (
    insert into billing.bank_transactions (
        fingerprint, entry_id, account_iban, booked_on, value_on, amount, currency, payer_name, payer_iban,
        remittance, creditor_reference, end_to_end_id, is_return, source
    )
    select
        entries.fingerprint,
        entries.entry_id,
        entries.account_iban,
        entries.booked_on,
        entries.value_on,
        entries.amount,
        entries.currency,
        entries.payer_name,
        entries.payer_iban,
        coalesce(entries.remittance, ''),
        entries.creditor_reference,
        entries.end_to_end_id,
        coalesce(entries.is_return, false),
        p_source
    from rows from (
        jsonb_to_recordset(p_entries) as (
            fingerprint text,
            entry_id text,
            account_iban text,
            booked_on date,
            value_on date,
            amount numeric,
            currency text,
            payer_name text,
            payer_iban text,
            remittance text,
            creditor_reference text,
            end_to_end_id text,
            is_return boolean
        )
    ) with ordinality as entries (
        fingerprint, entry_id, account_iban, booked_on, value_on, amount, currency, payer_name, payer_iban,
        remittance, creditor_reference, end_to_end_id, is_return, ordinal
    )
    order by entries.ordinal
    on conflict (fingerprint) do nothing
    returning bank_transaction_id
)

select stored.bank_transaction_id
from stored
order by stored.bank_transaction_id
$$;

comment on function billing._store_bank_entries (text, jsonb)
is 'Stores the entries of a statement that are not known yet, in its order; returns their ids.';
