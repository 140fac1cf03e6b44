create or replace function billing._waive_void_invoice(
    p_invoice billing.invoices,
    p_reason text,
    p_as_of date
)
returns void
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
    v_successor text;
begin
    select invoice_number into v_successor
    from billing.invoices
    where
        customer_id = p_invoice.customer_id
        and period_start = p_invoice.period_start
        and billing.counts_as_billed(status, waived_on);
    if found then
        raise object_not_in_prerequisite_state using
            message = format('what %s billed was billed again by %s', p_invoice.invoice_number, v_successor),
            hint = format('Void that one instead: billing void %s with --waive.', v_successor);
    end if;
    update billing.invoices
    set waived_on = p_as_of
    where invoice_id = p_invoice.invoice_id;
    perform billing.append_audit_entry(
        p_business_date => p_as_of,
        p_topic => 'invoice',
        p_subject => p_invoice.invoice_number,
        p_from_state => 'void',
        p_to_state => 'void',
        p_reason => format('%s (waived: not billed again)', p_reason)
    );
end;
$$;

comment on function billing._waive_void_invoice (billing.invoices, text, date)
is 'Makes an invoice that is void already void for good: what it billed counts as billed. Refused once it was billed again.';
