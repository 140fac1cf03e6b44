-- A void invoice keeps its number and its document. What it billed is unbilled again: running its month once more
-- bills it on a new invoice. One that was not issued yet is not issued any more, whoever is rendering it: the claim of
-- its document ends here, before anything is sent. Locks the document, then the account.
create or replace function billing.void_invoice(
    p_invoice_number text,
    p_reason text,
    p_as_of date
)
returns void
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_invoice billing.invoices;
begin
    perform from billing.documents
    inner join billing.invoices using (invoice_id)
    where invoices.invoice_number = p_invoice_number
    for update of documents;
    v_invoice := billing._locked_invoice(p_invoice_number);
    if v_invoice.status = 'void' then
        return;
    end if;
    perform billing._require_reason(p_reason, 'voiding an invoice');
    if p_as_of < v_invoice.issued_on then
        raise invalid_parameter_value using
            message = format('invoice %s is of %s, later than %s', p_invoice_number, v_invoice.issued_on, p_as_of);
    end if;
    perform billing._require_voidable(v_invoice);
    update billing.invoices
    set
        status = 'void',
        voided_on = p_as_of,
        void_reason = p_reason
    where invoice_id = v_invoice.invoice_id;
    if v_invoice.status = 'draft' then
        perform billing._take_back_document(v_invoice.invoice_id);
    end if;
    perform billing._end_collection(v_invoice.invoice_id);
    update billing.dunning_cases
    set
        next_day = null,
        next_action_on = null
    where invoice_id = v_invoice.invoice_id;
end;
$$;

comment on function billing.void_invoice (text, text, date)
is 'Voids an invoice on which nothing was paid or credited, issued or numbered and not issued yet. A second call changes nothing.';
