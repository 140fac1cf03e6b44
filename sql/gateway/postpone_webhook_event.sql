create or replace function billing.postpone_webhook_event(p_webhook_event_id text, p_error text)
returns void
language sql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
update billing.webhook_events
set
    tries = webhook_events.tries + 1,
    last_error = left(p_error, 500)
where
    webhook_events.webhook_event_id = p_webhook_event_id
    and webhook_events.processed_at is null
$$;

comment on function billing.postpone_webhook_event (text, text)
is 'Notes that an event met an error of the moment: it is tried again after those that did not.';
