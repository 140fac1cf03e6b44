create or replace function billing.record_charge_succeeded(
    p_payment_attempt_id bigint,
    p_stripe_amount bigint,
    p_as_of date
)
returns void
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
    v_intent billing.payment_intents;
begin
    select payment_intents.* into strict v_intent
    from billing.payment_attempts
    inner join billing.payment_intents using (invoice_id)
    inner join billing.invoices using (invoice_id)
    where payment_attempts.payment_attempt_id = p_payment_attempt_id
    for update of invoices;
    perform billing._finish_attempt(p_payment_attempt_id, 'succeeded', null);
    perform billing._record_card_payment(
        p_invoice_id => v_intent.invoice_id,
        p_stripe_payment_intent_id => v_intent.stripe_payment_intent_id,
        p_stripe_amount => p_stripe_amount,
        p_on => p_as_of
    );
end;
$$;

comment on function billing.record_charge_succeeded (bigint, bigint, date)
is 'Records that a charge went through; p_stripe_amount is Stripe''s integer. Needs no claim: money that came is booked whoever learns of it, once.';
