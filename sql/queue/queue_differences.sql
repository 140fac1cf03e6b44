create or replace function billing.queue_differences()
returns table (
    kind text,
    subject_id bigint,
    document_number text,
    is_open boolean
)
language sql
stable
security invoker
as $$
select
    kind,
    subject_id,
    coalesce(work_items.document_number, subjects.document_number) as document_number,
    subjects.claim is not null as is_open
from billing.open_subjects() as subjects
full join billing.work_items using (kind, subject_id)
where
    (work_items.document_number, work_items.dated_on) is distinct from (subjects.document_number, subjects.dated_on)
    or work_items.claim < subjects.claim
$$;

comment on function billing.queue_differences ()
is 'What is open and not queued so, and what is queued and not open; empty when all is well.';
