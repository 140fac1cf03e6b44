-- Locks the row of the queue: until the commit nobody claims it.
create or replace function billing.require_claim(p_kind text, p_subject_id bigint, p_claim integer)
returns void
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
    perform
    from billing.work_items
    where kind = p_kind and subject_id = p_subject_id and claim = p_claim and claimed_by is not null
    for update;
    if not found then
        perform billing.refuse_lost_claim(p_kind, p_subject_id);
    end if;
end;
$$;

comment on function billing.require_claim (text, bigint, integer)
is 'Raises UB003 unless p_claim is the running claim on a piece of work.';
