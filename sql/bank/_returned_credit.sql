-- A reference alone is not enough: the amount must be the same, and something must name the credit or its payer.
create or replace function billing._returned_credit(p_debit billing.bank_transactions)
returns bigint
language sql
stable
security invoker
as $$
select credits.bank_transaction_id
from billing.bank_transactions as credits
where
    credits.currency = p_debit.currency
    and credits.amount = -p_debit.amount
    and credits.status in ('matched', 'partial', 'overpaid')
    and credits.booked_on <= p_debit.booked_on
    and credits.bank_transaction_id <> p_debit.bank_transaction_id
    and (
        credits.end_to_end_id = p_debit.end_to_end_id
        or credits.payer_iban = p_debit.payer_iban
        or billing._plain_text(credits.payer_name) = billing._plain_text(p_debit.payer_name)
        or exists (
            select from billing._transaction_references(p_debit) as named
            inner join billing.payment_applications as applications using (invoice_id)
            inner join billing.payments on applications.payment_id = payments.payment_id
            where payments.bank_transaction_id = credits.bank_transaction_id
        )
    )
order by
    (credits.end_to_end_id = p_debit.end_to_end_id) desc nulls last,
    (credits.payer_iban = p_debit.payer_iban) desc nulls last,
    credits.booked_on desc,
    credits.bank_transaction_id desc
limit 1
$$;

comment on function billing._returned_credit (billing.bank_transactions)
is 'The matched credit that a debit takes back: same amount, and the same end-to-end id, payer or invoice; null if there is none.';
