create or replace function billing.held_runs()
returns table (
    period_start date,
    invoices bigint,
    first_number text,
    last_number text,
    held_on date,
    held_by text
)
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
select
    invoices.period_start,
    count(*) as invoices,
    (array_agg(invoices.invoice_number order by documents.document_id))[1] as first_number,
    (array_agg(invoices.invoice_number order by documents.document_id desc))[1] as last_number,
    min(invoices.issued_on) as held_on,
    min(documents.held_by) as held_by
from billing.documents
inner join billing.invoices using (invoice_id)
where documents.held_at is not null
group by invoices.period_start
order by invoices.period_start
$$;

comment on function billing.held_runs ()
is 'Runs of which numbered invoices are held, how many, and since which business date; empty when nothing is held.';
