-- Our own refunds are booked under their id; one made at Stripe's dashboard under its charge and the sum so far, so it
-- is known by its amount.
create or replace function billing._failed_refund(p_event billing.webhook_events)
returns billing.payment_reversals
language sql
stable
security invoker
as $$
with told as (
    select
        p_event.payload #>> '{data,object,id}' as refund,
        p_event.payload #>> '{data,object,charge}' as charge,
        (p_event.payload #>> '{data,object,amount}')::bigint as amount
)

select reversals.*
from told
cross join billing.payment_reversals as reversals
inner join billing.payments using (payment_id)
where
    reversals.kind = 'refund'
    and (
        reversals.reference = told.refund
        or (
            starts_with(reversals.reference, told.charge || '-refunded-')
            and reversals.amount = billing.amount_from_stripe(told.amount, payments.currency)
        )
    )
    and not exists (
        select from billing.payments as returned
        where returned.method = 'card' and returned.reference = reversals.reference
    )
order by
    (reversals.reference = told.refund) desc,
    reversals.payment_reversal_id
limit 1
$$;

comment on function billing._failed_refund (billing.webhook_events)
is 'The refund in our books that Stripe says has failed; null if none is, or its money is booked as ours again.';
