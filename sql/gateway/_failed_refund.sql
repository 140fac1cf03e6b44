-- Our own refunds are known by their id; one made at the provider's dashboard is booked under its charge and the sum
-- so far, so it is known by its amount.
create or replace function billing._failed_refund(p_event billing.webhook_events)
returns setof billing.payment_reversals
language sql
stable
security invoker
as $$
with parts as (
    select
        reversals.payment_reversal_id,
        reversals.amount,
        reversals.refund_id,
        reversals.refunded_so_far,
        billing.amount_from_stripe(p_event.amount, payments.currency) as told_amount
    from billing.payment_reversals as reversals
    inner join billing.payments on reversals.payment_id = payments.payment_id
    left join billing.refunds on reversals.refund_id = refunds.refund_id
    where
        (
            refunds.provider_refund_id = p_event.provider_refund_id
            or reversals.provider_charge_id = p_event.provider_charge_id
        )
        and not exists (
            select from billing.payments as returned
            where returned.payment_reversal_id = reversals.payment_reversal_id
        )
),

refunds as (
    select array_agg(parts.payment_reversal_id) as payment_reversal_ids
    from parts
    group by
        parts.refund_id,
        parts.refunded_so_far,
        parts.told_amount
    having parts.refund_id is not null or sum(parts.amount) = parts.told_amount
    order by
        parts.refund_id,
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
is 'The refund in our books that the provider says has failed, in all its parts; none if it is not there, or its money is booked as ours again.';
