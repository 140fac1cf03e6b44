create or replace function billing.open_documents()
returns table (
    invoice_number text,
    last_error text
)
language sql
stable
security definer
set search_path = ''
as $$
select
    invoices.invoice_number,
    documents.last_error
from billing.documents
inner join billing.invoices using (invoice_id)
where documents.pdf is null
order by documents.document_id
$$;

comment on function billing.open_documents ()
is 'Numbered invoices whose PDF is not rendered yet, with the reason the last attempt failed, if there was one.';
