create or replace function billing._process_payment_succeeded(p_event billing.webhook_events, p_as_of date)
returns billing.webhook_outcome
language sql
volatile
security invoker
as $$
select billing._record_intent_payment(p_event, p_as_of)
$$;

comment on function billing._process_payment_succeeded (billing.webhook_events, date)
is 'payment_succeeded: the money is booked.';
