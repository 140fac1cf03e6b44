create or replace function billing._transaction_invoices(p_transaction billing.bank_transactions)
returns setof bigint
language sql
stable
security invoker
as $$
select named.invoice_id
from billing._transaction_references(p_transaction) as named
where named.invoice_id is not null
union
select applications.invoice_id
from billing.bank_transactions as credits
inner join billing.payments using (bank_transaction_id)
inner join billing.payment_applications as applications using (payment_id)
where
    credits.currency = p_transaction.currency
    and credits.amount = -p_transaction.amount
    and credits.status in ('matched', 'partial', 'overpaid')
$$;

comment on function billing._transaction_invoices (billing.bank_transactions)
is 'Invoices that a bank transaction may pay or, as a return, re-open; to be locked before any is changed.';
