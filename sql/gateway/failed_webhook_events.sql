-- Cards that could not be stored are not money. A payment that is booked by now, told by another event or found by
-- asking, or that was refunded there in full, waits for nobody.
create or replace function billing.failed_webhook_events()
returns table (
    webhook_event_id text,
    event_type text,
    provider_intent_id text,
    outcome text
)
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
select
    failed.webhook_event_id,
    failed.event_type,
    failed.provider_intent_id,
    failed.outcome
from billing.webhook_events as failed
where
    failed.failed_at is not null
    and failed.kind <> 'card_replaced'
    and not (
        failed.kind in ('payment_succeeded', 'page_paid', 'page_processing', 'page_expired')
        and (
            exists (
                select from billing.payments
                where payments.method = 'card' and payments.reference = failed.provider_intent_id
            )
            or exists (
                select from billing.webhook_events as refunds
                where
                    refunds.provider_intent_id = failed.provider_intent_id
                    and refunds.kind = 'refund_made'
                    and refunds.amount >= failed.amount
            )
        )
    )
order by
    failed.occurred_at,
    failed.webhook_event_id
$$;

comment on function billing.failed_webhook_events ()
is 'Events about money that could not be processed: a person has to look. Sent again they are tried again.';
