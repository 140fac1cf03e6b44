-- The hash beside a PDF is that of the PDF: a constraint sees to it, whatever triggers do. The nulls are columns that
-- were once here, and null of all that was stored: seals of before had them.
create or replace function billing._document_seals()
returns table (
    document_id bigint,
    subject text,
    dated_on date,
    seal jsonb
)
language sql
stable
security invoker
as $$
select
    documents.document_id,
    coalesce(
        invoices.invoice_number, credit_notes.credit_note_number, voided.invoice_number || ' (void)'
    ) as subject,
    coalesce(invoices.issued_on, credit_notes.issued_on, voided.voided_on) as dated_on,
    jsonb_build_object(
        'pdf', encode(documents.pdf_sha256, 'hex'),
        'storage', billing._content_hash(
            json_build_array(
                documents.document_id,
                documents.invoice_id,
                documents.credit_note_id,
                documents.voided_invoice_id,
                extract(epoch from documents.rendered_at),
                null,
                null,
                null,
                documents.claim,
                null,
                null,
                extract(epoch from documents.held_at),
                documents.held_by,
                documents.prepaid_amount
            )::text
        )
    ) as seal
from billing.documents
left join billing.invoices using (invoice_id)
left join billing.credit_notes using (credit_note_id)
left join billing.invoices as voided on documents.voided_invoice_id = voided.invoice_id
where documents.pdf is not null
$$;

comment on function billing._document_seals ()
is 'One row per stored PDF: its hash, and that of what is kept with it, as they are now (see billing._invoice_seals).';
