create or replace function billing.stored_documents_of_month(p_period_start date)
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
where period_start = p_period_start
order by document_id
$$;

comment on function billing.stored_documents_of_month (date)
is 'The stored PDFs of invoices that bill a month, sheets of void ones with -VOID behind their number, and of credit notes issued in it.';
