-- Those that met an error of the moment come last, so that they hold up nobody; else oldest first by the provider's
-- clock, which counts whole seconds: within one, as they came.
create or replace function billing.waiting_webhook_events(p_limit integer)
returns setof text
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
select webhook_events.webhook_event_id
from billing.webhook_events
where webhook_events.processed_at is null
order by
    webhook_events.tries,
    webhook_events.occurred_at,
    webhook_events.received_at,
    webhook_events.webhook_event_id
limit p_limit
$$;

comment on function billing.waiting_webhook_events (integer)
is 'Events in the inbox that were not processed yet, in the order in which to process them.';
