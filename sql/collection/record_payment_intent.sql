create or replace function billing.record_payment_intent(
    p_payment_attempt_id bigint,
    p_claim integer,
    p_provider_intent_id text
)
returns void
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_attempt billing.payment_attempts;
begin
    v_attempt := billing._require_attempt_claim(p_payment_attempt_id, p_claim);
    update billing.payment_intents
    set provider_intent_id = p_provider_intent_id
    where
        invoice_id = v_attempt.invoice_id
        and intent = v_attempt.intent
        and provider_intent_id is distinct from p_provider_intent_id;
end;
$$;

comment on function billing.record_payment_intent (bigint, integer, text)
is 'Notes the PaymentIntent of an attempt before it is confirmed, so that a lost answer can be looked up.';
