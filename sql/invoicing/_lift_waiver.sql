-- The way back from a waiver: what the invoice billed is to be billed again, as of any other void one.
create or replace function billing._lift_waiver(p_invoice billing.invoices, p_reason text, p_as_of date)
returns void
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
    update billing.invoices
    set waived_on = null
    where invoice_id = p_invoice.invoice_id;
    perform billing.append_audit_entry(
        p_business_date => p_as_of,
        p_topic => 'invoice',
        p_subject => p_invoice.invoice_number,
        p_from_state => 'void',
        p_to_state => 'void',
        p_reason => format('%s (no longer waived: to be billed again)', p_reason)
    );
end;
$$;

comment on function billing._lift_waiver (billing.invoices, text, date)
is 'Makes a waived invoice an ordinary void one again: running its month bills anew what it billed.';
