-- Our own refunds are booked under their id; one made at Stripe's dashboard under its charge and the sum so far, so it
-- is known by its amount.
create or replace function billing._failed_refund(p_event billing.webhook_events)
returns setof billing.payment_reversals
language sql
stable
security invoker
as $$
with told as (
    select
        p_event.payload #>> '{data,object,id}' as refund,
        p_event.payload #>> '{data,object,charge}' as charge,
        (p_event.payload #>> '{data,object,amount}')::bigint as amount
),

parts as (
    select
        reversals.payment_reversal_id,
        reversals.amount,
        reversals.reference = told.refund as is_ours,
        substring(reversals.reference from '-refunded-([0-9]+)') as refunded,
        billing.amount_from_stripe(told.amount, payments.currency) as told_amount
    from told
    inner join billing.payment_reversals as reversals
        on
            reversals.reference = told.refund
            or starts_with(reversals.reference, told.charge || '-refunded-')
    inner join billing.payments on reversals.payment_id = payments.payment_id
    where
        reversals.kind = 'refund'
        and not exists (
            select from billing.payments as returned
            where returned.method = 'card' and returned.reference = reversals.reference
        )
),

refunds as (
    select array_agg(parts.payment_reversal_id) as payment_reversal_ids
    from parts
    group by
        parts.is_ours,
        parts.refunded,
        parts.told_amount
    having parts.is_ours or sum(parts.amount) = parts.told_amount
    order by
        parts.is_ours desc,
        min(parts.payment_reversal_id)
    limit 1
)

select reversals.*
from refunds
inner join billing.payment_reversals as reversals
    on reversals.payment_reversal_id = any(refunds.payment_reversal_ids)
order by reversals.payment_reversal_id
$$;

comment on function billing._failed_refund (billing.webhook_events)
is 'The refund in our books that Stripe says has failed, in all its parts; none if it is not there, or its money is booked as ours again.';
