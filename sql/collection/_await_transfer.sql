create or replace function billing._await_transfer(p_invoice_id bigint, p_on date)
returns void
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
    update billing.dunning_cases
    set
        day_zero = greatest(invoices.due_on, p_on),
        failure_kind = 'none',
        failure_reason = null
    from billing.invoices
    where dunning_cases.invoice_id = p_invoice_id and invoices.invoice_id = p_invoice_id;
    perform billing._plan_next_step(p_invoice_id, p_on);
end;
$$;

comment on function billing._await_transfer (bigint, date)
is 'Has an open invoice paid by transfer from now on, whatever the customer pays by otherwise: day 0 is its due date, or today if that is past.';
