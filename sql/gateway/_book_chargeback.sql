-- At most what is left of the payment is booked; what is missing, once there is money of the charge again.
create or replace function billing._book_chargeback(p_dispute billing.disputes, p_on date)
returns numeric
language sql
volatile
security invoker
as $$
select billing._reverse_intent(
    p_stripe_payment_intent_id => p_dispute.stripe_payment_intent_id,
    p_amount => billing._unbooked_of_dispute(p_dispute.dispute_id),
    p_kind => 'chargeback',
    p_reference => p_dispute.dispute_id,
    p_on => p_on
)
$$;

comment on function billing._book_chargeback (billing.disputes, date)
is 'Books what a dispute takes back and is not booked yet, and returns how much.';
