create or replace function billing._creditable_invoice(p_invoice_number text, p_as_of date)
returns billing.invoices
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
    v_invoice billing.invoices;
begin
    v_invoice := billing.issued_invoice(p_invoice_number, 'There is nothing to credit of a void invoice.');
    perform billing.require_open_day(p_as_of);
    if p_as_of < v_invoice.issued_on then
        raise invalid_parameter_value using
            message = format('invoice %s is of %s, later than %s', p_invoice_number, v_invoice.issued_on, p_as_of);
    end if;
    return v_invoice;
end;
$$;

comment on function billing._creditable_invoice (text, date)
is 'Locks an invoice that can be credited on a date, and returns it.';
