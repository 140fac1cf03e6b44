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
    work_items.document_number,
    work_items.last_error
from billing.work_items
where work_items.kind = 'document'
order by work_items.subject_id
$$;

comment on function billing.open_documents ()
is 'Numbered invoices and credit notes whose PDF is not rendered yet and not held, with the reason the last attempt failed, if there was one.';
