create or replace function billing.stored_documents()
returns table (
    document_number text,
    pdf bytea
)
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
select
    coalesce(
        invoices.invoice_number, voided.invoice_number || '-VOID', credit_notes.credit_note_number
    ) as document_number,
    documents.pdf
from billing.documents
left join billing.invoices using (invoice_id)
left join billing.invoices as voided on documents.voided_invoice_id = voided.invoice_id
left join billing.credit_notes using (credit_note_id)
where documents.pdf is not null
order by documents.document_id
$$;

comment on function billing.stored_documents ()
is 'Every stored PDF of invoices and credit notes, with its number; sheets of void invoices with -VOID behind it.';
