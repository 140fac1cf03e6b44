-- The invoice is locked first, as everywhere: whoever pays it cancels its attempt.
create or replace function billing._lock_attempt(p_payment_attempt_id bigint)
returns billing.payment_attempts
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
    v_attempt billing.payment_attempts;
begin
    perform billing.lock_invoices(array(
        select invoice_id from billing.payment_attempts where payment_attempt_id = p_payment_attempt_id
    ));
    select * into strict v_attempt
    from billing.payment_attempts
    where payment_attempt_id = p_payment_attempt_id
    for update;
    return v_attempt;
end;
$$;

comment on function billing._lock_attempt (bigint)
is 'Locks an invoice and its payment attempt, in this order, and returns the attempt.';
