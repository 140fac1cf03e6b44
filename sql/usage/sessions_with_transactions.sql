-- Whoever may not see more of a session than its name is not told since when; a prepared transaction has no session.
create or replace function billing.sessions_with_transactions()
returns table (
    pid integer,
    description text
)
language sql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
select
    activity.pid,
    format(
        '%s (user %s, application %s%s)',
        activity.pid,
        activity.usename,
        coalesce(nullif(activity.application_name, ''), 'unknown'),
        ', since ' || to_char(activity.xact_start at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS "UTC"')
    )
from pg_locks
inner join pg_stat_activity as activity using (pid)
where
    pg_locks.locktype = 'transactionid'
    and pg_locks.mode = 'ExclusiveLock'
    and pg_locks.granted
    and activity.pid <> pg_backend_pid()
    and activity.datname = current_database()
order by age(pg_locks.transactionid) desc
limit 3
$$;

comment on function billing.sessions_with_transactions ()
is 'The oldest other sessions of this database whose open transaction could still store something, in words.';
