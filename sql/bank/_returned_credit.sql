-- The amount must be the same, and something must name the credit or its payer. The payer alone is no proof: a customer
-- may be a supplier, too. It takes a return's mark, the end-to-end id or the number of an invoice.
create or replace function billing._returned_credit(p_debit billing.bank_transactions)
returns table (
    bank_transaction_id bigint,
    booked_on date,
    is_certain boolean
)
language sql
stable
security invoker
as $$
with credits as (
    select
        earlier.*,
        coalesce(earlier.end_to_end_id = p_debit.end_to_end_id, false) as is_same_end_to_end_id,
        coalesce(earlier.payer_iban = p_debit.payer_iban, false) as is_same_iban,
        coalesce(
            length(billing._plain_name(earlier.payer_name)) >= 4
            and billing._plain_name(earlier.payer_name) = billing._plain_name(p_debit.payer_name),
            false
        ) as is_same_name,
        exists (
            select from billing._transaction_references(p_debit) as named
            inner join billing.payment_applications as applications using (invoice_id)
            inner join billing.payments on applications.payment_id = payments.payment_id
            where payments.bank_transaction_id = earlier.bank_transaction_id
        ) as is_named
    from billing.bank_transactions as earlier
    where
        earlier.currency = p_debit.currency
        and earlier.amount = -p_debit.amount
        and earlier.status in ('matched', 'partial', 'overpaid')
        and earlier.booked_on <= p_debit.booked_on
        and earlier.bank_transaction_id <> p_debit.bank_transaction_id
)

select
    credits.bank_transaction_id,
    credits.booked_on,
    p_debit.is_return or credits.is_same_end_to_end_id or credits.is_named as is_certain
from credits
where credits.is_same_end_to_end_id or credits.is_named or credits.is_same_iban or credits.is_same_name
order by
    credits.is_same_end_to_end_id desc,
    credits.is_named desc,
    credits.is_same_iban desc,
    credits.booked_on desc,
    credits.bank_transaction_id desc
limit 1
$$;

comment on function billing._returned_credit (billing.bank_transactions)
is 'The matched credit of the same amount that a debit takes back, and whether that is certain; no row if there is none.';
