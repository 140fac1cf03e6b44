create or replace function billing._store_event_batch(p_source text, p_now timestamptz, p_any_date boolean)
returns table (
    received bigint,
    new bigint,
    repeated bigint,
    conflicting bigint,
    rejected bigint
)
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
    v_seen bigint;
begin
    perform billing.require_event_staging();
    perform billing._reject_bad_events(p_now => p_now, p_any_date => p_any_date);
    perform billing._type_good_events();
    perform billing._ensure_event_partitions(p_now);
    v_seen := (select coalesce(max(event_batch_id), 0) from billing.event_batches);
    perform billing._find_standing_events();
    perform billing._insert_new_events();
    perform billing._give_way_to_earlier_batches(v_seen);
    perform billing._find_standing_events();
    perform billing._record_conflicts(p_source);
    perform billing._record_rejections(p_source);
    perform billing._settle_rejections();
    received := (select count(*) from pg_temp.incoming_events);
    new := (select count(*) from pg_temp.new_events);
    conflicting := (select count(*) from pg_temp.incoming_event_problems where outcome = 'conflicting');
    rejected := (select count(*) from pg_temp.incoming_event_problems where outcome = 'rejected');
    repeated := received - new - conflicting - rejected;
    return next;
end;
$$;

comment on function billing._store_event_batch (text, timestamptz, boolean)
is 'Takes the staged events in, step by step; each event is counted in exactly one of the last four columns.';
