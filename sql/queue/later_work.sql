create or replace function billing.later_work(p_as_of date)
returns table (
    documents bigint,
    first_number text,
    first_on date
)
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
select
    count(distinct (work_items.document_number, work_items.dated_on)) as documents,
    (array_agg(
        work_items.document_number
        order by
            work_items.dated_on,
            work_items.document_number like 'CN-%',
            length(work_items.document_number),
            work_items.document_number
    ))[1] as first_number,
    min(work_items.dated_on) as first_on
from billing.work_items
where work_items.dated_on > p_as_of
$$;

comment on function billing.later_work (date)
is 'Documents with something to deliver that are dated after p_as_of and so wait for their day: how many, and the first.';
