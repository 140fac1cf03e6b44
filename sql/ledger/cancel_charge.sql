create or replace function billing.cancel_charge(p_invoice_id bigint)
returns void
language sql
volatile
security invoker
as $$
update billing.payment_attempts
set
    state = 'canceled',
    finished_at = clock_timestamp()
where invoice_id = p_invoice_id and state = 'scheduled'
$$;

comment on function billing.cancel_charge (bigint)
is 'Cancels the planned charge of an invoice; one that was sent goes on.';
