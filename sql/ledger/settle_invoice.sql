-- Called after everything that takes something off an invoice.
create or replace function billing.settle_invoice(p_invoice_id bigint, p_on date)
returns void
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
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
    perform billing.end_collection(p_invoice_id);
end;
$$;

comment on function billing.settle_invoice (bigint, date)
is 'Makes an invoice with nothing outstanding paid, and ends its collection.';
