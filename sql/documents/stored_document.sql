create or replace function billing.stored_document(p_document_id bigint)
returns bytea
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
select documents.pdf
from billing.documents
where documents.document_id = p_document_id
$$;

comment on function billing.stored_document (bigint)
is 'The PDF of a document, to attach.';
