-- A provider repeats a webhook for three days; what is listed late is found as long.
create or replace function billing.fetch_webhook_events_since()
returns timestamptz
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
select webhook_watermarks.fetched_until - interval '3 days'
from billing.webhook_watermarks
$$;

comment on function billing.fetch_webhook_events_since ()
is 'From when on events are to be fetched from the provider; null: from the first that is still there.';
