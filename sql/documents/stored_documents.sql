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
    document_number,
    pdf
from billing._stored_documents()
order by document_id
$$;

comment on function billing.stored_documents ()
is 'Every stored PDF of invoices and credit notes, with its number; sheets of void invoices with -VOID behind it.';
