create or replace function billing.latest_webhook_event_at()
returns timestamptz
language sql
stable
security definer
set search_path = ''
as $$
select max(webhook_events.occurred_at)
from billing.webhook_events
$$;

comment on function billing.latest_webhook_event_at ()
is 'When the newest event of the inbox was made at Stripe; null: the inbox is empty.';
