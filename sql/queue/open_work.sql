create or replace function billing.open_work(p_as_of date)
returns table (
    documents bigint,
    charges bigint,
    refunds bigint,
    emails bigint
)
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
select
    count(*) filter (where work_items.kind = 'document') as documents,
    count(*) filter (where work_items.kind = 'charge') as charges,
    count(*) filter (where work_items.kind = 'refund') as refunds,
    count(*) filter (where work_items.kind = 'email') as emails
from billing.work_items
where work_items.dated_on <= p_as_of
$$;

comment on function billing.open_work (date)
is 'How much is left to deliver of what is dated p_as_of or before: documents to render that are not held, charges and refunds to send or resolve, e-mails to send.';
