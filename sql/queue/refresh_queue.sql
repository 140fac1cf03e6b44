-- Triggers keep the queue; this is for what a session of an older version opened or ended while an upgrade was under
-- way, and for whatever way there may be besides. Only where something is wrong the queue is locked, so that nothing is
-- opened or ended meanwhile.
create or replace function billing.refresh_queue()
returns void
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    if not exists (select from billing.queue_differences()) then
        return;
    end if;
    lock table billing.work_items in share row exclusive mode;
    insert into billing.work_items (kind, subject_id, document_number, dated_on, claim)
    select
        subjects.kind,
        subjects.subject_id,
        subjects.document_number,
        subjects.dated_on,
        subjects.claim
    from billing.open_subjects() as subjects
    on conflict (kind, subject_id) do nothing;
    delete from billing.work_items
    where (work_items.kind, work_items.subject_id) not in (
        select
            subjects.kind,
            subjects.subject_id
        from billing.open_subjects() as subjects
    );
end;
$$;

comment on function billing.refresh_queue ()
is 'Puts into the queue what is open and not in it, and takes out what is not open any more.';
