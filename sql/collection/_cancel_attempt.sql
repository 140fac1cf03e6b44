-- Only once it is certain that its intent brings no money.
create or replace function billing._cancel_attempt(p_attempt billing.payment_attempts, p_on date)
returns void
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
    perform billing.finish_attempt(p_attempt.payment_attempt_id, 'canceled', null);
    update billing.payment_intents
    set ended_at = clock_timestamp()
    where
        invoice_id = p_attempt.invoice_id
        and intent = p_attempt.intent;
    perform billing._schedule_charge(
        p_invoice_id => p_attempt.invoice_id,
        p_cause => p_attempt.cause,
        p_on => p_on
    );
end;
$$;

comment on function billing._cancel_attempt (billing.payment_attempts, date)
is 'Ends an attempt that charged nothing and shall not; what is still due is charged by a new one with a new PaymentIntent.';
