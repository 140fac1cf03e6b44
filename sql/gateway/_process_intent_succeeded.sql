create or replace function billing._process_intent_succeeded(p_event billing.webhook_events, p_as_of date)
returns text
language sql
volatile
security invoker
as $$
select billing._record_intent_payment(
    p_event => p_event,
    p_stripe_amount => (p_event.payload -> 'data' -> 'object' ->> 'amount_received')::bigint,
    p_as_of => p_as_of
)
$$;

comment on function billing._process_intent_succeeded (billing.webhook_events, date)
is 'payment_intent.succeeded: the money is booked.';
