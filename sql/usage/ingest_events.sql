-- Takes in the events that were copied into pg_temp.incoming_events after begin_event_batch(), in one transaction. A
-- bad event never holds up the good ones. Idempotent: the same batch again is all repeats, conflicts and rejections.
-- Locks: none beyond the rows it writes, in the order of their names; two sessions with the same file take turns.
create or replace function billing.ingest_events(p_source text, p_now timestamptz, p_any_date boolean)
returns table (
    received bigint,
    new bigint,
    repeated bigint,
    conflicting bigint,
    rejected bigint
)
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    return query
    select batch.received, batch.new, batch.repeated, batch.conflicting, batch.rejected
    from billing._store_event_batch(p_source => p_source, p_now => p_now, p_any_date => p_any_date) as batch;
end;
$$;

comment on function billing.ingest_events (text, timestamptz, boolean)
is 'Stores the staged events: how many were received, new, repeated, conflicting, rejected. p_source names the file; p_any_date takes in what occurred far from p_now.';
