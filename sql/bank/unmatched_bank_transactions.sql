create or replace function billing.unmatched_bank_transactions()
returns table (
    bank_transaction_id bigint,
    entry_id text,
    booked_on date,
    amount numeric,
    currency text,
    payer_name text,
    payer_iban text,
    remittance text,
    status_reason text
)
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
select
    transactions.bank_transaction_id,
    transactions.entry_id,
    transactions.booked_on,
    billing.shown_amount(transactions.amount, transactions.currency) as amount,
    transactions.currency,
    transactions.payer_name,
    transactions.payer_iban,
    transactions.remittance,
    transactions.status_reason
from billing.bank_transactions as transactions
where transactions.status = 'unmatched'
order by
    transactions.booked_on,
    transactions.bank_transaction_id
$$;

comment on function billing.unmatched_bank_transactions ()
is 'Bank transactions that wait for a person, oldest first, with the reason they matched nothing.';
