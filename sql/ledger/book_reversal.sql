-- Idempotence is the caller's, who asks for (kind, reference) under the lock of the account.
create or replace function billing.book_reversal(p_reversal billing.payment_reversals)
returns bigint
language sql
volatile
security invoker
as $$
insert into billing.payment_reversals (
    payment_id,
    minor_units,
    amount,
    kind,
    reference,
    reversed_on,
    reason,
    bank_transaction_id,
    refund_id,
    dispute_id,
    provider_charge_id,
    refunded_so_far,
    undoes_reversal_id
)
select
    payments.payment_id,
    payments.minor_units,
    p_reversal.amount,
    p_reversal.kind,
    p_reversal.reference,
    billing.open_day(p_reversal.reversed_on),
    p_reversal.reason,
    p_reversal.bank_transaction_id,
    p_reversal.refund_id,
    p_reversal.dispute_id,
    p_reversal.provider_charge_id,
    p_reversal.refunded_so_far,
    p_reversal.undoes_reversal_id
from billing.payments
where payments.payment_id = p_reversal.payment_id
returning payment_reversal_id
$$;

comment on function billing.book_reversal (billing.payment_reversals)
is 'Books money of a payment that went back, or is ours again, and returns its payment_reversal_id.';
