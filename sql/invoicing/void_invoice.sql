-- A void invoice keeps its number and its document, and gets a sheet that says so. What it billed is unbilled again:
-- running its month once more bills it on a new invoice, unless it is waived, then or later; a waiver is lifted the
-- same way. One that was not issued yet is not issued any more, whoever is rendering it: the claim of its document
-- ends here, before anything is sent. Locks the document, in the queue first, then the account.
create or replace function billing.void_invoice(
    p_invoice_number text,
    p_reason text,
    p_as_of date,
    p_is_waived boolean
)
returns void
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_invoice billing.invoices;
    v_last_on date;
begin
    perform from billing.work_items
    inner join billing.documents on work_items.subject_id = documents.document_id
    inner join billing.invoices using (invoice_id)
    where work_items.kind = 'document' and invoices.invoice_number = p_invoice_number
    for update of work_items;
    perform from billing.documents
    inner join billing.invoices using (invoice_id)
    where invoices.invoice_number = p_invoice_number
    for update of documents;
    v_invoice := billing.locked_invoice(p_invoice_number);
    if v_invoice.status = 'void' and (v_invoice.waived_on is not null) = p_is_waived then
        return;
    end if;
    perform billing.require_reason(p_reason, 'voiding an invoice');
    v_last_on := coalesce(v_invoice.waived_on, v_invoice.voided_on, v_invoice.issued_on);
    if p_as_of < v_last_on then
        raise invalid_parameter_value using
            message = format(
                'invoice %s is of %s, later than %s',
                p_invoice_number, v_last_on, p_as_of
            );
    end if;
    if v_invoice.status = 'void' then
        if p_is_waived then
            perform billing._waive_void_invoice(v_invoice, p_reason, p_as_of);
        else
            perform billing._lift_waiver(v_invoice, p_reason, p_as_of);
        end if;
        return;
    end if;
    perform billing._require_voidable(v_invoice);
    update billing.invoices
    set
        status = 'void',
        voided_on = p_as_of,
        void_reason = p_reason,
        waived_on = case when p_is_waived then p_as_of end
    where invoice_id = v_invoice.invoice_id;
    if v_invoice.status = 'draft' then
        perform billing._take_back_document(v_invoice.invoice_id);
    else
        perform billing._withdraw_invoice(v_invoice.invoice_id, p_as_of);
    end if;
end;
$$;

comment on function billing.void_invoice (text, text, date, boolean)
is 'Voids an invoice on which nothing was paid or credited, issued or numbered and not issued yet; with p_is_waived for good: what it billed is not billed again. A second call changes nothing, but may waive, or lift the waiver.';
