-- Leads as long as its connection lives, with no transaction open meanwhile, for that would hold back the roll-up.
-- The sign of life is an advisory lock of the leader's session under a random key: it is looked up together with the
-- process that must hold it and never waited for, so nobody else can take it away or stand in for it.
-- Locks: 'schedule', for the moment. Idempotent: who leads is told so again.
create or replace function billing.try_lead()
returns boolean
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_leader billing.locks;
    v_key bigint;
begin
    perform billing.lock('schedule');
    select * into strict v_leader
    from billing.locks
    where name = 'schedule';
    if exists (
        select from pg_catalog.pg_locks
        where
            locktype = 'advisory'
            and objsubid = 1
            and classid::bigint << 32 | objid::bigint = v_leader.leader_key
            and pid = v_leader.leader_pid
    ) then
        return v_leader.leader_pid = pg_backend_pid();
    end if;
    v_key := hashtextextended(gen_random_uuid()::text, 0);
    perform pg_advisory_lock(v_key);
    update billing.locks
    set leader_pid = pg_backend_pid(), leader_key = v_key
    where name = 'schedule';
    return true;
end;
$$;

comment on function billing.try_lead ()
is 'Whether this session leads the schedules of the database: the first to ask does, until its connection ends.';
