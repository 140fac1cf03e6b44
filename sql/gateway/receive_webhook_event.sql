-- Only stores: whoever delivers the event gets its answer at once, and processing can be repeated. One that failed for
-- good and comes again is to be processed again; it waits for no lock of who processes it.
create or replace function billing.receive_webhook_event(p_id text, p_type text, p_payload jsonb)
returns boolean
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_object jsonb := p_payload -> 'data' -> 'object';
    v_is_new boolean;
begin
    insert into billing.webhook_events (
        webhook_event_id, event_type, occurred_at, stripe_payment_intent_id, stripe_customer_id, payload
    )
    values (
        p_id,
        p_type,
        to_timestamp((p_payload ->> 'created')::bigint),
        v_object ->> case when v_object ->> 'object' = 'payment_intent' then 'id' else 'payment_intent' end,
        v_object ->> case when v_object ->> 'object' = 'customer' then 'id' else 'customer' end,
        p_payload
    )
    on conflict (webhook_event_id) do nothing;
    v_is_new := found;
    update billing.webhook_events
    set
        processed_at = null,
        outcome = null,
        failed_at = null
    where webhook_event_id in (
        select failed.webhook_event_id
        from billing.webhook_events as failed
        where failed.webhook_event_id = p_id and failed.failed_at is not null
        for update skip locked
    );
    return v_is_new;
end;
$$;

comment on function billing.receive_webhook_event (text, text, jsonb)
is 'Puts an event of Stripe into the inbox; false if it came before. p_payload is the whole event.';
