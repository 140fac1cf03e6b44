-- The invoices of the event itself: not all those of its customer, which an event may touch.
create or replace function billing._report_failed_event(p_event billing.webhook_events, p_reason text, p_on date)
returns void
language sql
volatile
security invoker
as $$
select billing.ask_finance(
    p_invoice_ids => array(
        select intents.invoice_id
        from billing.payment_intents as intents
        where intents.provider_intent_id = p_event.provider_intent_id
        union
        select billing._invoices_of_intent(p_event.provider_intent_id)
        union
        select invoices.invoice_id
        from billing.invoices
        where invoices.invoice_number = p_event.invoice_number
    ),
    p_occasion => p_event.webhook_event_id,
    p_reason => format(
        'what %s tells (%s) cannot be booked: %s', billing._provider_name(p_event), p_event.event_type, p_reason
    ),
    p_on => p_on
)
$$;

comment on function billing._report_failed_event (billing.webhook_events, text, date)
is 'Stops the dunning of the invoices that an event is about which cannot be processed, and tells finance, once.';
