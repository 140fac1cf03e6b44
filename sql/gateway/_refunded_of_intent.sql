create or replace function billing._refunded_of_intent(p_provider_intent_id text)
returns numeric
language sql
stable
security invoker
as $$
with own_payments as (
    select own.payment_id
    from billing._payments_of_intent(p_provider_intent_id) as own (payment_id)
)

select
    coalesce((
        select sum(reversals.amount)
        from billing.payment_reversals as reversals
        inner join own_payments using (payment_id)
        where
            reversals.kind = 'refund'
            and not exists (
                select from billing.payments as returned
                where returned.payment_reversal_id = reversals.payment_reversal_id
            )
    ), 0)
    + coalesce((
        select sum(refunds.amount)
        from billing.refunds
        inner join own_payments using (payment_id)
        where refunds.state in ('sent', 'unknown')
    ), 0)
$$;

comment on function billing._refunded_of_intent (text)
is 'What we know to be refunded of a PaymentIntent, or have asked the provider to refund.';
