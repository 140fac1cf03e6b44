-- As a rule the oldest transaction still running on the server, below which all are finished. Running ones of sessions
-- in other databases are left out: they can never store an event here. Who they belong to is asked in this order:
-- which are running, who holds the lock that each keeps on its own number, where that process is connected. A number
-- without a holder may just be taken, so it counts. A process that ended after the second look, even if its number was
-- given to another since, has ended its transaction too, before the next statement looks for events.
create or replace function billing._usage_horizon()
returns bigint
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
    v_snapshot constant pg_snapshot := pg_current_snapshot();
    v_running bigint[];
    v_holders integer[];
begin
    v_running := array(
        select running::text::bigint
        from pg_snapshot_xip(v_snapshot) as running
        order by 1
    );
    v_holders := array(
        select max(pg_locks.pid)
        from unnest(v_running) with ordinality as running (txid, place)
        left join pg_locks
            on
                pg_locks.locktype = 'transactionid'
                and pg_locks.mode = 'ExclusiveLock'
                and pg_locks.granted
                and pg_locks.transactionid = running.txid::text::xid8::xid
        group by running.place
        order by running.place
    );
    perform pg_stat_clear_snapshot();
    return least(
        pg_current_xact_id()::text::bigint,
        pg_snapshot_xmax(v_snapshot)::text::bigint,
        (
            select min(running.txid)
            from unnest(v_running, v_holders) as running (txid, pid)
            where not exists (
                select from pg_stat_activity
                where
                    pg_stat_activity.pid = running.pid
                    and pg_stat_activity.datid <> (select oid from pg_database where datname = current_database())
            )
        )
    );
end;
$$;

comment on function billing._usage_horizon ()
is 'Transaction id below which no running transaction can store events any more.';
