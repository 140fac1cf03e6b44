-- Measured by what it paid, and by the invoices that it names of those who got its money.
create or replace function billing._overpayment_concern(p_transaction billing.bank_transactions)
returns text
language sql
stable
security invoker
as $$
select
    format(
        '%s %s is far above what was due (%s)',
        billing.shown_amount(p_transaction.amount, p_transaction.currency), p_transaction.currency,
        billing.shown_amount(paid.amount, p_transaction.currency)
    )
from (
    select coalesce(sum(applications.amount), 0) as amount
    from billing.payments
    inner join billing.payment_applications as applications using (payment_id)
    where payments.bank_transaction_id = p_transaction.bank_transaction_id
) as paid
cross join (
    select coalesce(sum(invoices.total), 0) as amount
    from billing.invoices
    where
        invoices.invoice_id in (
            select named.invoice_id from billing._transaction_references(p_transaction) as named
        )
        and invoices.customer_id in (
            select payments.customer_id from billing.payments
            where payments.bank_transaction_id = p_transaction.bank_transaction_id
        )
) as named
where billing.is_far_above(p_transaction.amount, paid.amount, named.amount)
$$;

comment on function billing._overpayment_concern (billing.bank_transactions)
is 'What about the amount of a booked entry looks like a mistake, in words; null if nothing does.';
