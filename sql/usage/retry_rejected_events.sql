-- Tries rejected events once more, 10,000 at a time in the order they came: pass the last_rejected_event_id of one call
-- to the next, starting with 0, until nothing is received. What is taken in, or found to be a repeat or a conflict,
-- leaves the rejected ones. Rows that could not even be read stay: they have no fields to try.
create or replace function billing.retry_rejected_events(
    p_after_rejected_event_id bigint,
    p_now timestamptz,
    p_any_date boolean
)
returns table (
    received bigint,
    new bigint,
    repeated bigint,
    conflicting bigint,
    rejected bigint,
    last_rejected_event_id bigint
)
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    perform billing.begin_event_batch();
    insert into pg_temp.incoming_events (
        line, event_id, account_number, metric, quantity, occurred_at, properties
    )
    select
        kept.rejected_event_id,
        kept.event_id,
        kept.account_number,
        kept.metric,
        kept.quantity,
        kept.occurred_at,
        kept.properties
    from billing.rejected_events as kept
    where
        kept.accepted_at is null
        and kept.rejected_event_id > p_after_rejected_event_id
        and (kept.event_id, kept.account_number, kept.metric, kept.quantity, kept.occurred_at) is not null
    order by kept.rejected_event_id
    limit 10000;
    return query
    select
        batch.received, batch.new, batch.repeated, batch.conflicting, batch.rejected,
        (select max(line) from pg_temp.incoming_events)
    from billing._store_event_batch(
        p_source => 'rejected_events', p_now => p_now, p_any_date => p_any_date
    ) as batch;
end;
$$;

comment on function billing.retry_rejected_events (bigint, timestamptz, boolean)
is 'Takes in rejected events whose cause is gone, after the given id; returns the same counts as ingest_events and the last id tried.';
