create or replace function billing._current_document(p_document_number text)
returns billing.documents
language sql
stable
security invoker
as $$
select documents
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
limit 1
$$;

comment on function billing._current_document (text)
is 'The document that shows what an invoice or credit note is now: of a void invoice the sheet that says so.';
