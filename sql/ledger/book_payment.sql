-- Idempotent by (method, reference): what is booked already gives null, and the caller has nothing to apply. Money that
-- came in a closed month is booked in the first open one.
create or replace function billing.book_payment(p_payment billing.payments)
returns bigint
language sql
volatile
security invoker
as $$
insert into billing.payments (
    customer_id, amount, currency, minor_units, method, received_on, booked_on, reference, bank_transaction_id,
    invoice_id, payment_reversal_id
)
select
    p_payment.customer_id,
    p_payment.amount,
    p_payment.currency,
    billing.currency_exponent(p_payment.currency),
    p_payment.method,
    p_payment.received_on,
    billing.open_day(greatest(p_payment.received_on, p_payment.booked_on)),
    p_payment.reference,
    p_payment.bank_transaction_id,
    p_payment.invoice_id,
    p_payment.payment_reversal_id
on conflict (method, reference) do nothing
returning payment_id
$$;

comment on function billing.book_payment (billing.payments)
is 'Books money received and returns its payment_id; null if it was booked before.';
