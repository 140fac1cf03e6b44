-- Money that came back from a won dispute is booked under the dispute; at Stripe it is still the first charge's.
create or replace function billing._charged_intent(p_payment_id bigint)
returns text
language sql
stable
security invoker
as $$
select coalesce(disputed.reference, payments.reference)
from billing.payments
left join billing.payment_reversals as chargebacks
    on payments.reference = chargebacks.reference and chargebacks.kind = 'chargeback'
left join billing.payments as disputed on chargebacks.payment_id = disputed.payment_id
where payments.payment_id = p_payment_id
$$;

comment on function billing._charged_intent (bigint)
is 'The PaymentIntent that a card payment came from.';
