-- The amount must be the same, the credit no later than the debit, and not taken back yet. Money that was paid out can
-- only be named by a return: another debit may be the very transfer that paid it out. That is certain where the bank
-- marks a return and something names the credit or its payer, or where a reference and the payer agree; never where the
-- counterparty is another one. A customer may be a supplier, too, so the payer alone is no proof.
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
        earlier.bank_transaction_id,
        earlier.booked_on,
        coalesce(
            billing._telling_reference(earlier.end_to_end_id)
            = billing._telling_reference(p_debit.end_to_end_id),
            false
        ) as is_same_end_to_end_id,
        exists (
            select from billing._transaction_references(p_debit) as named
            inner join billing.payment_applications as applications using (invoice_id)
            inner join billing.payments on applications.payment_id = payments.payment_id
            where
                payments.bank_transaction_id = earlier.bank_transaction_id
                or payments.payment_id = earlier.booked_payment_id
        ) as is_named,
        billing._same_party(earlier, p_debit) as is_same_party
    from billing.bank_transactions as earlier
    where
        earlier.currency = p_debit.currency
        and earlier.amount = -p_debit.amount
        and earlier.status in ('matched', 'partial', 'overpaid')
        and earlier.booked_on <= p_debit.booked_on
        and earlier.bank_transaction_id <> p_debit.bank_transaction_id
        and exists (
            select from billing._standing_payments(earlier.bank_transaction_id) as brought
            inner join billing.payment_balances using (payment_id)
            where p_debit.is_return or payment_balances.amount > payment_balances.reversed
        )
)

select
    credits.bank_transaction_id,
    credits.booked_on,
    case
        when credits.is_same_party is false then false
        when p_debit.is_return then true
        else credits.is_same_party is true and (credits.is_same_end_to_end_id or credits.is_named)
    end as is_certain
from credits
where credits.is_same_end_to_end_id or credits.is_named or credits.is_same_party
order by
    is_certain desc,
    credits.is_same_end_to_end_id desc,
    credits.is_named desc,
    credits.is_same_party is true desc,
    credits.booked_on desc,
    credits.bank_transaction_id desc
limit 1
$$;

comment on function billing._returned_credit (billing.bank_transactions)
is 'The matched credit of the same amount that a debit takes back, and whether that is certain; no row if there is none.';
