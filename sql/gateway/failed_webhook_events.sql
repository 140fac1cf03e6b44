-- Cards that could not be stored are not money. A payment that is booked by now, told by another event or found at
-- Stripe, or that was refunded there in full, waits for nobody.
create or replace function billing.failed_webhook_events()
returns table (
    webhook_event_id text,
    event_type text,
    stripe_payment_intent_id text,
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
    failed.stripe_payment_intent_id,
    failed.outcome
from billing.webhook_events as failed
where
    failed.failed_at is not null
    and failed.event_type not in ('payment_method.attached', 'customer.updated')
    and not (
        (failed.event_type = 'payment_intent.succeeded' or failed.event_type like 'checkout.session.%')
        and (
            exists (
                select from billing.payments
                where payments.method = 'card' and payments.reference = failed.stripe_payment_intent_id
            )
            or exists (
                select from billing.webhook_events as refunds
                where
                    refunds.stripe_payment_intent_id = failed.stripe_payment_intent_id
                    and refunds.event_type = 'charge.refunded'
                    and refunds.payload #>> '{data,object,refunded}' = 'true'
            )
        )
    )
order by
    failed.occurred_at,
    failed.webhook_event_id
$$;

comment on function billing.failed_webhook_events ()
is 'Events about money that could not be processed: a person has to look. Sent again by Stripe they are tried again.';
