-- Money that came back from a won dispute or a failed refund is booked under it; at the provider it is still the first
-- charge's.
create or replace function billing._charged_intent(p_payment_id bigint)
returns text
language sql
stable
security invoker
as $$
with recursive sources as (
    select
        payments.reference,
        payments.payment_reversal_id,
        0 as depth
    from billing.payments
    where payments.payment_id = p_payment_id
    union all
    select
        payments.reference,
        payments.payment_reversal_id,
        sources.depth + 1 as depth
    from sources
    inner join billing.payment_reversals as reversals
        on sources.payment_reversal_id = reversals.payment_reversal_id
    inner join billing.payments on reversals.payment_id = payments.payment_id
)

select sources.reference
from sources
order by sources.depth desc
limit 1
$$;

comment on function billing._charged_intent (bigint)
is 'The PaymentIntent that a card payment came from.';
