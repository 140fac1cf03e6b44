create or replace function billing.issued_invoice(p_invoice_number text, p_hint_for_void text)
returns billing.invoices
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
    v_invoice billing.invoices;
begin
    v_invoice := billing.locked_invoice(p_invoice_number);
    if v_invoice.status not in ('issued', 'paid') then
        raise object_not_in_prerequisite_state using
            message = case v_invoice.status
                when 'draft' then format('invoice %s is numbered and not issued yet', p_invoice_number)
                else format('invoice %s is %s', p_invoice_number, v_invoice.status)
            end,
            hint = case v_invoice.status
                when 'draft' then 'Deliver it first (billing release, billing deliver), or void it: billing void.'
                else p_hint_for_void
            end;
    end if;
    return v_invoice;
end;
$$;

comment on function billing.issued_invoice (text, text)
is 'Locks an invoice that is issued or paid, and returns it; what else it may be is refused, a void one with the hint given.';
