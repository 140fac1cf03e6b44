create or replace function billing.record_webhook_fetch(p_newest_event_id text)
returns void
language sql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
update billing.webhook_watermarks
set fetched_until = greatest(webhook_watermarks.fetched_until, webhook_events.occurred_at)
from billing.webhook_events
where webhook_events.webhook_event_id = p_newest_event_id
$$;

comment on function billing.record_webhook_fetch (text)
is 'Notes that every event up to this one was fetched from the provider and is in the inbox.';
