create or replace function billing.locked_invoice(p_invoice_number text)
returns billing.invoices
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
    v_invoice billing.invoices;
begin
    perform billing.lock_invoices(array(
        select invoice_id from billing.invoices where invoice_number = p_invoice_number
    ));
    select * into v_invoice from billing.invoices where invoice_number = p_invoice_number;
    if found then
        return v_invoice;
    end if;
    if exists (select from billing.credit_notes where credit_note_number = p_invoice_number) then
        raise invalid_parameter_value using
            message = format('%s is a credit note, not an invoice', p_invoice_number),
            hint = 'A credit note stays as it is. What it took off too much is billed again, on the next invoice.';
    end if;
    raise no_data_found using message = format('there is no invoice %s', p_invoice_number);
end;
$$;

comment on function billing.locked_invoice (text)
is 'Locks an invoice with its account and returns it; refuses what is no invoice, credit notes with the reason.';
