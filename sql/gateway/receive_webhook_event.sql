-- Only stores: whoever delivers the event gets its answer at once, and processing can be repeated. One that failed for
-- good and comes again is to be processed again; it waits for no lock of who processes it.
-- Long for the columns of an event, which are named three times.
create or replace function billing.receive_webhook_event(p_event jsonb)
returns boolean
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_is_new boolean;
begin
    insert into billing.webhook_events (
        webhook_event_id,
        provider,
        event_type,
        kind,
        occurred_at,
        provider_intent_id,
        provider_charge_id,
        provider_refund_id,
        provider_dispute_id,
        provider_customer_id,
        provider_payment_method_id,
        provider_page_id,
        amount,
        currency,
        code,
        failure_kind,
        dispute_status,
        invoice_number,
        attempt_key,
        refund_key,
        payload
    )
    select
        told.webhook_event_id,
        told.provider,
        told.event_type,
        told.kind,
        told.occurred_at,
        told.provider_intent_id,
        told.provider_charge_id,
        told.provider_refund_id,
        told.provider_dispute_id,
        told.provider_customer_id,
        told.provider_payment_method_id,
        told.provider_page_id,
        told.amount,
        told.currency,
        told.code,
        told.failure_kind,
        told.dispute_status,
        told.invoice_number,
        told.attempt_key,
        told.refund_key,
        told.payload
    from jsonb_populate_record(null::billing.webhook_events, p_event) as told
    on conflict (webhook_event_id) do nothing;
    v_is_new := found;
    update billing.webhook_events
    set
        processed_at = null,
        outcome = null,
        outcome_kind = null,
        failed_at = null
    where webhook_event_id in (
        select failed.webhook_event_id
        from billing.webhook_events as failed
        where failed.webhook_event_id = p_event ->> 'webhook_event_id' and failed.failed_at is not null
        for update skip locked
    );
    return v_is_new;
end;
$$;

comment on function billing.receive_webhook_event (jsonb)
is 'Puts what a provider tells into the inbox; false if it came before. p_event has the columns of webhook_events that an adapter has filled, and the event as it came as payload.';
