-- The page itself is noted, then its money is booked, under the PaymentIntent it made. A payment by a method whose bank
-- answers later is told of twice. A page that we did not open (of an earlier version) is known by the
-- invoice that it names alone.
create or replace function billing._process_page(p_event billing.webhook_events, p_as_of date)
returns billing.webhook_outcome
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
    v_state text := case p_event.kind
        when 'page_expired' then 'expired'
        when 'page_paid' then 'paid'
        else 'processing'
    end;
begin
    perform billing.end_checkout(
        p_checkout_session_id => sessions.checkout_session_id,
        p_state => v_state,
        p_on => p_as_of
    )
    from billing.checkout_sessions as sessions
    where sessions.provider_page_id = p_event.provider_page_id;
    return case
        when v_state = 'expired'
            then ('ignored', 'ignored: no payment comes of it')::billing.webhook_outcome
        when v_state = 'processing'
            then ('ignored', 'ignored: not paid yet')::billing.webhook_outcome
        when p_event.provider_intent_id is null
            then ('ignored', 'ignored: it has no payment')::billing.webhook_outcome
        else billing._record_intent_payment(p_event, p_as_of)
    end;
end;
$$;

comment on function billing._process_page (billing.webhook_events, date)
is 'page_paid, page_processing, page_expired: what was paid on the payment page is booked, and the page has ended.';
