create or replace function billing.document_pdf(p_document_number text)
returns bytea
language plpgsql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_kind text := case when p_document_number like 'CN-%' then 'credit note' else 'invoice' end;
    v_pdf bytea;
begin
    select documents.pdf into v_pdf
    from billing.documents
    where
        documents.invoice_id = (
            select invoices.invoice_id from billing.invoices where invoices.invoice_number = p_document_number
        )
        or documents.voided_invoice_id = (
            select invoices.invoice_id from billing.invoices where invoices.invoice_number = p_document_number
        )
        or documents.credit_note_id = (
            select credit_notes.credit_note_id
            from billing.credit_notes
            where credit_notes.credit_note_number = p_document_number
        )
    order by documents.voided_invoice_id
    limit 1;
    if not found then
        raise no_data_found using message = format('there is no %s %s', v_kind, p_document_number);
    end if;
    if v_pdf is null then
        raise object_not_in_prerequisite_state using
            message = format('the PDF of %s %s is not rendered yet', v_kind, p_document_number),
            hint = 'billing deliver renders it. A numbered invoice can be looked at before: billing pdf with --draft.';
    end if;
    return v_pdf;
end;
$$;

comment on function billing.document_pdf (text)
is 'The stored PDF of an invoice or credit note; of a void invoice the sheet that says so.';
