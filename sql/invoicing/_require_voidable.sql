create or replace function billing._require_voidable(p_invoice billing.invoices)
returns void
language plpgsql
stable
security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
    v_later text;
begin
    if p_invoice.status = 'paid' then
        raise object_not_in_prerequisite_state using
            message = format('invoice %s is paid', p_invoice.invoice_number),
            hint = case
                when p_invoice.total < 0 then
                    'What it takes back is billed again by a contract changed with --correct, or by billing charge.'
                else 'Correct it with a credit note: billing credit.'
            end;
    end if;
    if exists (
        select from billing.invoice_balances
        where invoice_id = p_invoice.invoice_id and (applied > 0 or credited > 0)
    ) then
        raise object_not_in_prerequisite_state using
            message = format('invoice %s is partly paid or credited', p_invoice.invoice_number),
            hint = 'Correct it with a credit note: billing credit.';
    end if;
    if exists (
        select from billing.payment_applications as applications
        inner join billing.payments using (payment_id)
        where applications.invoice_id = p_invoice.invoice_id and payments.method = 'card'
    ) then
        raise object_not_in_prerequisite_state using
            message = format('a card had paid invoice %s, and its money went back', p_invoice.invoice_number),
            hint = 'Billed anew, the same card would be charged again. Correct it with a credit note: billing credit.';
    end if;
    if exists (
        select from billing.payment_attempts
        where invoice_id = p_invoice.invoice_id and state in ('sent', 'unknown')
    ) then
        raise object_not_in_prerequisite_state using
            message = format('a charge of invoice %s is under way', p_invoice.invoice_number),
            hint = 'Wait for its answer: billing deliver.';
    end if;
    select max(later.invoice_number) into v_later
    from billing.invoice_line_items as own_lines
    inner join billing.invoice_line_items as later_lines using (service_key)
    inner join billing.invoices as later on later_lines.invoice_id = later.invoice_id
    where
        own_lines.invoice_id = p_invoice.invoice_id
        and later.status <> 'void'
        and later.invoice_id > p_invoice.invoice_id;
    if v_later is not null then
        raise object_not_in_prerequisite_state using
            message = format(
                'invoice %s bills a difference to what %s bills', v_later, p_invoice.invoice_number
            ),
            hint = format('Void %s first, or correct with a credit note: billing credit.', v_later);
    end if;
end;
$$;

comment on function billing._require_voidable (billing.invoices)
is 'Raises if the invoice is paid or touched by money, or if a later invoice bills a difference to what it bills.';
