-- Before the batch touches billing_events: attaching a partition locks the default one, and a session that held a lock
-- on it already could wait for another that does the same. Events of far dates, taken in because somebody asked for it,
-- stay in the default partition, so that no file makes more partitions than there are months worth one.
create or replace function billing._ensure_event_partitions(p_now timestamptz)
returns void
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
    v_month date;
begin
    for v_month in
        select distinct date_trunc('month', occurred_at at time zone 'UTC')::date as month_start
        from pg_temp.checked_events
        where occurred_at <@ billing.event_dates(p_now)
        order by month_start
    loop
        perform billing.ensure_event_partition(v_month);
    end loop;
end;
$$;

comment on function billing._ensure_event_partitions (timestamptz)
is 'Makes the partitions that the events of the batch belong to, where they are missing; far dates have none.';
