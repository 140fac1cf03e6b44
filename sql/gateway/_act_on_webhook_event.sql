create or replace function billing._act_on_webhook_event(p_event billing.webhook_events, p_as_of date)
returns billing.webhook_outcome
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
    return case p_event.kind
        when 'payment_succeeded' then billing._process_payment_succeeded(p_event, p_as_of)
        when 'payment_failed' then billing._process_payment_failed(p_event, p_as_of)
        when 'page_paid' then billing._process_page(p_event, p_as_of)
        when 'page_processing' then billing._process_page(p_event, p_as_of)
        when 'page_expired' then billing._process_page(p_event, p_as_of)
        when 'refund_made' then billing._process_refund(p_event, p_as_of)
        when 'refund_failed' then billing._process_refund_failed(p_event, p_as_of)
        when 'refund_pending' then ('ignored', 'ignored: the refund has not failed')::billing.webhook_outcome
        when 'dispute_opened' then billing._process_dispute_opened(p_event, p_as_of)
        when 'dispute_closed' then billing._process_dispute_closed(p_event, p_as_of)
        when 'card_replaced' then billing._process_new_card(p_event, p_as_of)
        else ('ignored', 'ignored')::billing.webhook_outcome
    end;
end;
$$;

comment on function billing._act_on_webhook_event (billing.webhook_events, date)
is 'Does what one event asks for and says what that was; null: it has to wait for the event before it.';
