-- Money that somebody else has booked is not this attempt's: an attempt succeeds with a payment of its own, or not.
create or replace function billing.record_charge_succeeded(
    p_payment_attempt_id bigint,
    p_provider_amount bigint,
    p_as_of date
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
    v_attempt := billing._lock_attempt(p_payment_attempt_id);
    if billing.record_card_payment(
        p_invoice_id => v_attempt.invoice_id,
        p_provider_intent_id => (
            select provider_intent_id
            from billing.payment_intents
            where invoice_id = v_attempt.invoice_id and intent = v_attempt.intent
        ),
        p_provider_amount => p_provider_amount,
        p_on => p_as_of
    ) then
        perform billing.finish_attempt(p_payment_attempt_id, 'succeeded', null);
    elsif v_attempt.state in ('sent', 'unknown') then
        perform billing._cancel_attempt(v_attempt, p_as_of);
    end if;
end;
$$;

comment on function billing.record_charge_succeeded (bigint, bigint, date)
is 'Records that a charge went through; p_provider_amount is the provider''s integer. Needs no claim: money that came is booked whoever learns of it, once.';
