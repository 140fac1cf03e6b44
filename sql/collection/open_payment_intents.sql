-- A charge that was declined, or whose answer was given up, may have brought money all the same that no event told of.
-- What has no answer yet is looked up by its own delivery; after a month nothing comes of an intent any more.
create or replace function billing.open_payment_intents()
returns table (
    invoice_number text,
    provider_intent_id text
)
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
select
    invoices.invoice_number,
    intents.provider_intent_id
from billing.payment_intents as intents
inner join billing.invoices using (invoice_id)
where
    intents.provider_intent_id is not null
    and intents.ended_at is null
    and not exists (
        select from billing.payments
        where payments.method = 'card' and payments.reference = intents.provider_intent_id
    )
    and exists (
        select from billing.payment_attempts as attempts
        where
            attempts.invoice_id = intents.invoice_id
            and attempts.intent = intents.intent
            and attempts.sent_at > now() - interval '31 days'
    )
    and not exists (
        select from billing.payment_attempts as attempts
        where attempts.invoice_id = intents.invoice_id and attempts.state in ('sent', 'unknown')
    )
order by
    intents.invoice_id,
    intents.intent
limit 10000
$$;

comment on function billing.open_payment_intents ()
is 'PaymentIntents at the provider that brought no money as far as we know, to be compared with what the provider knows.';
