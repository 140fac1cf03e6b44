-- Whoever calls has locked the rows.
create or replace function billing.take_work(
    p_kind text,
    p_subject_ids bigint[],
    p_worker text,
    p_lease interval
)
returns table (
    subject_id bigint,
    name text,
    claim integer
)
language sql
volatile
security invoker
as $$
with taken as (
    update billing.work_items
    set
        claimed_by = p_worker,
        claimed_pid = pg_backend_pid(),
        claim_expires_at = clock_timestamp() + p_lease,
        claim = work_items.claim + 1
    where work_items.kind = p_kind and work_items.subject_id = any(p_subject_ids)
    returning
        work_items.subject_id,
        work_items.document_number,
        work_items.claim
)

select * from taken
order by subject_id
$$;

comment on function billing.take_work (text, bigint[], text, interval)
is 'Makes pieces of work those of a worker for the time of p_lease. The claim returned is its fencing token.';
