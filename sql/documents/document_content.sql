create or replace function billing.document_content(p_document_id bigint, p_public_url text, p_has_gateway boolean)
returns jsonb
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
select
    case
        when documents.credit_note_id is not null
            then billing.credit_note_document(documents.credit_note_id, p_public_url, p_has_gateway)
        else
            billing.invoice_document(shown.invoice_id, p_public_url, p_has_gateway)
            || billing._document_marks(shown.invoice_id)
    end
from billing.documents
cross join lateral (select coalesce(documents.invoice_id, documents.voided_invoice_id) as invoice_id) as shown
where documents.document_id = p_document_id
$$;

comment on function billing.document_content (bigint, text, boolean)
is 'Everything a document shows, be it an invoice, a void one or a credit note: what the template formats.';
