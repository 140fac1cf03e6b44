-- A charge that was sent is left alone: its answer may be money.
create or replace function billing._end_collection(p_invoice_id bigint)
returns void
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
    update billing.payment_attempts
    set
        state = 'canceled',
        finished_at = clock_timestamp(),
        claimed_by = null,
        claimed_pid = null,
        claim_expires_at = null
    where invoice_id = p_invoice_id and state = 'scheduled';
    update billing.emails
    set state = 'obsolete'
    where
        invoice_id = p_invoice_id
        and state = 'queued'
        and template in ('update_payment_method', 'reminder', 'urgent_notice', 'manual_review');
end;
$$;

comment on function billing._end_collection (bigint)
is 'Cancels a planned charge of an invoice that is paid or void, and the letters that have not gone out yet.';
