-- What ingest_events would reject, found by the same rules; nothing is stored. What repeats or contradicts a stored
-- event is not looked for: that is known when the events are taken in.
create or replace function billing.check_events(p_now timestamptz, p_any_date boolean)
returns table (
    received bigint,
    rejected bigint
)
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    perform billing.require_event_staging();
    perform billing._reject_bad_events(p_now => p_now, p_any_date => p_any_date);
    received := (select count(*) from pg_temp.incoming_events);
    rejected := (select count(*) from pg_temp.incoming_event_problems);
    return next;
end;
$$;

comment on function billing.check_events (timestamptz, boolean)
is 'How many of the staged events there are and how many of them would be rejected; event_problems() names them.';
