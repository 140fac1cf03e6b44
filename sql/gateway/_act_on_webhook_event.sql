create or replace function billing._act_on_webhook_event(p_event billing.webhook_events, p_as_of date)
returns text
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
    return case p_event.event_type
        when 'payment_intent.succeeded' then billing._process_intent_succeeded(p_event, p_as_of)
        when 'payment_intent.payment_failed' then billing._process_intent_failed(p_event, p_as_of)
        when 'checkout.session.completed' then billing._process_checkout(p_event, p_as_of)
        when 'checkout.session.async_payment_succeeded' then billing._process_checkout(p_event, p_as_of)
        when 'checkout.session.async_payment_failed' then billing._process_checkout(p_event, p_as_of)
        when 'checkout.session.expired' then billing._process_checkout(p_event, p_as_of)
        when 'charge.refunded' then billing._process_refund(p_event, p_as_of)
        when 'refund.failed' then billing._process_refund_failed(p_event, p_as_of)
        when 'refund.updated' then billing._process_refund_failed(p_event, p_as_of)
        when 'charge.refund.updated' then billing._process_refund_failed(p_event, p_as_of)
        when 'charge.dispute.created' then billing._process_dispute_opened(p_event, p_as_of)
        when 'charge.dispute.funds_withdrawn' then billing._process_dispute_opened(p_event, p_as_of)
        when 'charge.dispute.closed' then billing._process_dispute_closed(p_event, p_as_of)
        when 'payment_method.attached' then billing._process_new_card(p_event, p_as_of)
        when 'customer.updated' then billing._process_new_card(p_event, p_as_of)
        else 'ignored'
    end;
end;
$$;

comment on function billing._act_on_webhook_event (billing.webhook_events, date)
is 'Does what one event asks for and says what that was; null: it has to wait for the event before it.';
