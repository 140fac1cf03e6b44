create or replace function billing._process_checkout(p_event billing.webhook_events, p_as_of date)
returns text
language sql
volatile
security invoker
as $$
select
    case
        when p_event.payload -> 'data' -> 'object' ->> 'payment_status' <> 'paid' then 'ignored: not paid yet'
        when p_event.stripe_payment_intent_id is null then 'ignored: it has no payment'
        else billing._record_intent_payment(
            p_event => p_event,
            p_stripe_amount => (p_event.payload -> 'data' -> 'object' ->> 'amount_total')::bigint,
            p_as_of => p_as_of
        )
    end
$$;

comment on function billing._process_checkout (billing.webhook_events, date)
is 'checkout.session.completed: what was paid on the payment page is booked, under the PaymentIntent it made.';
