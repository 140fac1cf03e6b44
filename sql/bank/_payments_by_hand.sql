-- Five days either way: a bank books later, a person on the next working day. What was paid out again came all the
-- same; only what was booked by mistake, or taken back by the bank, did not.
create or replace function billing._payments_by_hand(p_transaction billing.bank_transactions)
returns setof billing.payments
language sql
stable
security invoker
as $$
select payments.*
from billing.payments
inner join billing.payment_balances using (payment_id)
where
    payments.method in ('transfer', 'cash', 'check', 'other')
    and payments.amount = p_transaction.amount
    and payments.currency = p_transaction.currency
    and payments.received_on between p_transaction.booked_on - 5 and p_transaction.booked_on + 5
    and not exists (
        select from billing.bank_transactions as tied
        where tied.booked_payment_id = payments.payment_id
    )
    and payment_balances.taken_back = 0
$$;

comment on function billing._payments_by_hand (billing.bank_transactions)
is 'Payments booked by hand that a bank entry may be: same amount and currency, about the same day, and no entry''s yet.';
