-- What was paid out of them since, or pays nothing, was brought all the same.
create or replace function billing._standing_payments(p_bank_transaction_id bigint)
returns table (
    payment_id bigint,
    amount numeric
)
language sql
stable
security invoker
as $$
select
    payment_balances.payment_id,
    payment_balances.amount - payment_balances.taken_back as amount
from billing.bank_transactions as entries
inner join billing.payments
    on
        entries.bank_transaction_id = payments.bank_transaction_id
        or entries.booked_payment_id = payments.payment_id
inner join billing.payment_balances on payments.payment_id = payment_balances.payment_id
where
    entries.bank_transaction_id = p_bank_transaction_id
    and payment_balances.amount > payment_balances.taken_back
order by payment_balances.payment_id
$$;

comment on function billing._standing_payments (bigint)
is 'Payments that a bank transaction brought, or is, with what was not taken back of them.';
