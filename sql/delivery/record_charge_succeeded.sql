create or replace function billing.record_charge_succeeded(
    p_payment_attempt_id bigint,
    p_stripe_payment_intent_id text,
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
    v_invoice_id bigint;
begin
    select invoice_id into strict v_invoice_id
    from billing.payment_attempts
    where payment_attempt_id = p_payment_attempt_id
    for update;
    perform billing._finish_attempt(p_payment_attempt_id, 'succeeded', null);
    perform billing._record_card_payment(
        p_invoice_id => v_invoice_id,
        p_stripe_payment_intent_id => p_stripe_payment_intent_id,
        p_stripe_amount => p_stripe_amount,
        p_on => p_as_of
    );
end;
$$;

comment on function billing.record_charge_succeeded (bigint, text, bigint, date)
is 'Records that a charge went through. Needs no claim: money that came is booked whoever learns of it, once.';
