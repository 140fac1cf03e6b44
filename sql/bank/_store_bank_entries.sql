-- The keys follow the order of the statement, which is the order of matching; the rows are inserted in the order of
-- their fingerprints, so that two imports with common entries wait for each other and never crosswise.
create or replace function billing._store_bank_entries(p_source text, p_entries jsonb)
returns setof bigint
language sql
volatile
security invoker
as $$
with given as (
    select entries.*
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
),

numbered as materialized (
    select
        nextval(pg_get_serial_sequence('billing.bank_transactions', 'bank_transaction_id')) as bank_transaction_id,
        given.*
    from given
),

stored as (
    insert into billing.bank_transactions (
        bank_transaction_id, fingerprint, entry_id, account_iban, booked_on, value_on, amount, currency, payer_name,
        payer_iban, remittance, creditor_reference, end_to_end_id, is_return, source
    )
    overriding system value
    select
        numbered.bank_transaction_id,
        numbered.fingerprint,
        numbered.entry_id,
        numbered.account_iban,
        numbered.booked_on,
        numbered.value_on,
        numbered.amount,
        numbered.currency,
        numbered.payer_name,
        numbered.payer_iban,
        coalesce(numbered.remittance, ''),
        numbered.creditor_reference,
        numbered.end_to_end_id,
        coalesce(numbered.is_return, false),
        p_source
    from numbered
    order by
        numbered.fingerprint,
        numbered.ordinal
    on conflict (fingerprint) do nothing
    returning bank_transaction_id
)

select stored.bank_transaction_id
from stored
order by stored.bank_transaction_id
$$;

comment on function billing._store_bank_entries (text, jsonb)
is 'Stores the entries of a statement that are not known yet, in its order; returns their ids.';
