create or replace function billing._store_correction(
    p_event billing.billing_events,
    p_ordinal bigint,
    p_difference numeric
)
returns void
language sql
volatile
security invoker
as $$
insert into billing.billing_events (
    customer_id, occurred_at, event_key, metric_id, quantity, event_id, properties, corrects_event_key
)
values (
    p_event.customer_id, p_event.occurred_at, billing._correction_key(p_event.event_key, p_ordinal),
    p_event.metric_id, p_difference,
    format('correction %s of %s', p_ordinal, coalesce(p_event.event_id, p_event.event_key::text)),
    p_event.properties, p_event.event_key
)
$$;

comment on function billing._store_correction (billing.billing_events, bigint, numeric)
is 'Stores the event that makes up the difference to what another counts.';
