-- The keys follow the order of the statement, which is the order of matching; the rows are inserted in the order of
-- their fingerprints, so that two imports with common entries wait for each other and never crosswise. Most entries
-- can match nothing, and are stored as what they stay: only those that name an invoice or may take a payment back are
-- matched one by one. Long: what is stored and what is matched must come from one look at the entries.
create or replace function billing._store_bank_entries(p_source text, p_entries jsonb)
returns table (
    bank_transaction_id bigint,
    is_to_be_matched boolean
)
language sql
volatile
security invoker
as $$
with books as materialized (
    select billing.open_day('-infinity') as first_open_day
),

pattern as materialized (
    select billing._invoice_number_pattern() as expression
),

given as (
    select
        entries.*,
        coalesce(
            upper(concat_ws(' ', entries.remittance, entries.creditor_reference, entries.end_to_end_id))
            ~ pattern.expression,
            false
        ) as has_number
    from rows from (
        jsonb_to_recordset(p_entries) as (
            fingerprint text,
            entry_id text,
            account_iban text,
            account_number text,
            statement_id text,
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
        fingerprint, entry_id, account_iban, account_number, statement_id, booked_on, value_on, amount, currency,
        payer_name, payer_iban, remittance, creditor_reference, end_to_end_id, is_return, ordinal
    )
    cross join pattern
    order by entries.ordinal
),

numbered as materialized (
    select
        nextval(pg_get_serial_sequence('billing.bank_transactions', 'bank_transaction_id')) as new_id,
        given.*,
        case
            when given.amount > 0 then given.has_number
            when given.amount < 0
                then
                    given.is_return is true
                    or (given.currency, -given.amount) in (
                        select
                            credits.currency,
                            credits.amount
                        from given as credits
                        where credits.has_number
                    )
                    or exists (
                        select from billing.bank_transactions as credits
                        where
                            credits.currency = given.currency
                            and credits.amount = -given.amount
                            and credits.status in ('matched', 'partial', 'overpaid')
                    )
            else false
        end as is_to_be_matched
    from given
),

stored as (
    insert into billing.bank_transactions (
        bank_transaction_id, fingerprint, entry_id, account_iban, account_number, statement_id, booked_on, entered_on,
        value_on, amount, currency, payer_name, payer_iban, remittance, creditor_reference, end_to_end_id, is_return,
        source, status, status_reason
    )
    overriding system value
    select
        numbered.new_id,
        numbered.fingerprint,
        numbered.entry_id,
        numbered.account_iban,
        numbered.account_number,
        numbered.statement_id,
        numbered.booked_on,
        greatest(numbered.booked_on, books.first_open_day),
        numbered.value_on,
        numbered.amount,
        numbered.currency,
        numbered.payer_name,
        numbered.payer_iban,
        coalesce(numbered.remittance, ''),
        numbered.creditor_reference,
        numbered.end_to_end_id,
        coalesce(numbered.is_return, false),
        p_source,
        case when numbered.amount > 0 or numbered.is_to_be_matched then 'unmatched' else 'ignored' end,
        case
            when numbered.is_to_be_matched then null
            when numbered.amount > 0 then 'no reference'
            when numbered.amount < 0 then 'not a customer''s payment'
            else 'no money moved'
        end
    from numbered
    cross join books
    order by
        numbered.fingerprint,
        numbered.ordinal
    on conflict (fingerprint) do nothing
    returning bank_transactions.bank_transaction_id
)

select
    stored.bank_transaction_id,
    numbered.is_to_be_matched
from stored
inner join numbered on stored.bank_transaction_id = numbered.new_id
order by stored.bank_transaction_id
$$;

comment on function billing._store_bank_entries (text, jsonb)
is 'Stores the entries of a statement that are not known yet, in its order; returns their ids and whether anything can match them.';
