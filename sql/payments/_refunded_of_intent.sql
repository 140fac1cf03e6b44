create or replace function billing._refunded_of_intent(p_stripe_payment_intent_id text)
returns numeric
language sql
stable
security invoker
as $$
with own_payments as (
    select payments.payment_id
    from billing.payments
    where payments.method = 'card' and payments.reference = p_stripe_payment_intent_id
    union
    select won.payment_id
    from billing.payments as disputed
    inner join billing.payment_reversals as chargebacks
        on disputed.payment_id = chargebacks.payment_id and chargebacks.kind = 'chargeback'
    inner join billing.payments as won on chargebacks.reference = won.reference and won.method = 'card'
    where disputed.method = 'card' and disputed.reference = p_stripe_payment_intent_id
)

select
    coalesce((
        select sum(reversals.amount)
        from billing.payment_reversals as reversals
        inner join own_payments using (payment_id)
        where reversals.kind = 'refund'
    ), 0)
    + coalesce((
        select sum(refunds.amount)
        from billing.refunds
        inner join own_payments using (payment_id)
        where refunds.state in ('sent', 'unknown')
    ), 0)
$$;

comment on function billing._refunded_of_intent (text)
is 'What we know to be refunded of a PaymentIntent, or have asked Stripe to refund.';
