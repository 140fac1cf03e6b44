-- Money that came back, from a won dispute or a failed refund, is a payment of its own; at the provider it is still the
-- charge's, and can be disputed or refunded again.
create or replace function billing._payments_of_intent(p_provider_intent_id text)
returns setof bigint
language sql
stable
security invoker
as $$
with recursive own_payments as (
    select payments.payment_id
    from billing.payments
    where payments.method = 'card' and payments.reference = p_provider_intent_id
    union
    select returned.payment_id
    from own_payments
    inner join billing.payment_reversals as reversals
        on own_payments.payment_id = reversals.payment_id
    inner join billing.payments as returned
        on reversals.payment_reversal_id = returned.payment_reversal_id
)

select own_payments.payment_id
from own_payments
$$;

comment on function billing._payments_of_intent (text)
is 'What a PaymentIntent brought: its payment, and those booked when money of it came back.';
