-- Called after everything that takes something off an invoice. With nothing outstanding the invoice is paid, its
-- dunning over, a charge that was planned canceled, and no letter goes out any more.
create or replace function billing._settle_invoice(p_invoice_id bigint, p_on date)
returns void
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
    if exists (
        select from billing.invoice_balances
        where invoice_id = p_invoice_id and (outstanding > 0 or status not in ('issued', 'paid'))
    ) then
        return;
    end if;
    update billing.invoices
    set
        status = 'paid',
        paid_on = greatest(p_on, issued_on)
    where invoice_id = p_invoice_id and status = 'issued';
    update billing.dunning_cases
    set
        state = 'paid',
        since = p_on,
        reason = 'nothing left to pay',
        next_day = null,
        next_action_on = null
    where invoice_id = p_invoice_id and state <> 'paid';
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

comment on function billing._settle_invoice (bigint, date)
is 'Makes an invoice with nothing outstanding paid, and ends its collection.';
