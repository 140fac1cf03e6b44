create or replace function billing.record_found_payment(
    p_provider_intent_id text,
    p_provider_amount bigint,
    p_as_of date
)
returns boolean
language sql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
select billing.record_card_payment(
    p_invoice_id => intents.invoice_id,
    p_provider_intent_id => p_provider_intent_id,
    p_provider_amount => p_provider_amount,
    p_on => p_as_of
)
from billing.payment_intents as intents
where intents.provider_intent_id = p_provider_intent_id
$$;

comment on function billing.record_found_payment (text, bigint, date)
is 'Books a charge that the provider has and no event told of, once; p_provider_amount is the provider''s integer. False if it was booked before.';
