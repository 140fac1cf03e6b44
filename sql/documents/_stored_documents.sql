create or replace function billing._stored_documents()
returns table (
    document_id bigint,
    document_number text,
    period_start date,
    pdf bytea
)
language sql
stable
security invoker
as $$
select
    documents.document_id,
    coalesce(
        invoices.invoice_number, voided.invoice_number || '-VOID', credit_notes.credit_note_number
    ) as document_number,
    coalesce(
        invoices.period_start,
        voided.period_start,
        date_trunc('month', credit_notes.issued_on::timestamp)::date
    ) as period_start,
    documents.pdf
from billing.documents
left join billing.invoices using (invoice_id)
left join billing.invoices as voided on documents.voided_invoice_id = voided.invoice_id
left join billing.credit_notes using (credit_note_id)
where documents.pdf is not null
$$;

comment on function billing._stored_documents ()
is 'Every stored PDF with its number, sheets of void invoices with -VOID behind it, and the month it belongs to: the one that its invoice bills, or in which the credit note was issued.';
