-- The page itself is noted, then its money is booked, under the PaymentIntent it made. A payment by a method whose bank
-- answers later is told of twice. A page that we did not open (of an earlier version) is known by its metadata alone.
create or replace function billing._process_checkout(p_event billing.webhook_events, p_as_of date)
returns text
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
    v_object jsonb := p_event.payload -> 'data' -> 'object';
    v_state text := case
        when p_event.event_type in ('checkout.session.expired', 'checkout.session.async_payment_failed') then 'expired'
        when v_object ->> 'payment_status' = 'paid' then 'paid'
        else 'processing'
    end;
begin
    perform billing.end_checkout(
        p_checkout_session_id => sessions.checkout_session_id,
        p_state => v_state,
        p_on => p_as_of
    )
    from billing.checkout_sessions as sessions
    where sessions.stripe_checkout_session_id = v_object ->> 'id';
    return case
        when v_state = 'expired' then 'ignored: no payment comes of it'
        when v_state = 'processing' then 'ignored: not paid yet'
        when p_event.stripe_payment_intent_id is null then 'ignored: it has no payment'
        else billing._record_intent_payment(
            p_event => p_event,
            p_stripe_amount => (v_object ->> 'amount_total')::bigint,
            p_as_of => p_as_of
        )
    end;
end;
$$;

comment on function billing._process_checkout (billing.webhook_events, date)
is 'checkout.session.completed and its kin: what was paid on the payment page is booked, and the page has ended.';
