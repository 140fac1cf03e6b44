-- A charge that was sent goes on: its answer may be money. A first charge is no reminder.
create or replace function billing._withdraw_reminders(p_customer_id bigint, p_invoice_id bigint)
returns void
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
    v_invoice_ids bigint[] := array(
        select invoices.invoice_id
        from billing.invoices
        where
            invoices.customer_id = p_customer_id
            and invoices.status = 'issued'
            and (p_invoice_id is null or invoices.invoice_id = p_invoice_id)
    );
begin
    perform billing.lock_invoices(v_invoice_ids);
    update billing.payment_attempts
    set
        state = 'canceled',
        finished_at = clock_timestamp()
    where
        invoice_id = any(v_invoice_ids)
        and state = 'scheduled'
        and cause = 'dunning';
    update billing.emails
    set state = 'obsolete'
    where
        invoice_id = any(v_invoice_ids)
        and state = 'queued'
        and template in ('update_payment_method', 'reminder', 'urgent_notice');
end;
$$;

comment on function billing._withdraw_reminders (bigint, bigint)
is 'Cancels the retries and letters of dunning that are planned and not sent yet, of one invoice or of all of a customer.';
