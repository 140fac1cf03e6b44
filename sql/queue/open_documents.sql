create or replace function billing.open_documents()
returns table (
    document_number text,
    last_error text
)
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
select
    coalesce(invoices.invoice_number, credit_notes.credit_note_number) as document_number,
    documents.last_error
from billing.documents
left join billing.invoices on coalesce(documents.invoice_id, documents.voided_invoice_id) = invoices.invoice_id
left join billing.credit_notes using (credit_note_id)
where documents.pdf is null and documents.held_at is null
order by documents.document_id
$$;

comment on function billing.open_documents ()
is 'Numbered invoices and credit notes whose PDF is not rendered yet and not held, with the reason the last attempt failed, if there was one.';
