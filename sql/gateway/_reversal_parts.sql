-- What pays no invoice goes first, so that no more is opened again than has to be. A refund that the provider was
-- asked for is on its way: nothing else takes its money.
create or replace function billing._reversal_parts(p_provider_intent_id text, p_amount numeric)
returns table (
    payment_id bigint,
    amount numeric
)
language sql
stable
security invoker
as $$
with balances as (
    select
        payment_balances.payment_id,
        payment_balances.applied,
        greatest(payment_balances.unapplied + payment_balances.refund_scheduled, 0) as unapplied
    from billing._payments_of_intent(p_provider_intent_id) as own (payment_id)
    inner join billing.payment_balances using (payment_id)
),

layers as (
    select
        balances.payment_id,
        false as is_applied,
        balances.unapplied as amount
    from balances
    union all
    select
        balances.payment_id,
        true as is_applied,
        balances.applied as amount
    from balances
),

stacked as (
    select
        layers.payment_id,
        layers.amount,
        sum(layers.amount) over (order by layers.is_applied, layers.payment_id) - layers.amount as below
    from layers
),

parts as (
    select
        stacked.payment_id,
        sum(least(stacked.amount, greatest(p_amount - stacked.below, 0))) as amount
    from stacked
    group by stacked.payment_id
)

select
    parts.payment_id,
    parts.amount
from parts
where parts.amount > 0
order by parts.payment_id
$$;

comment on function billing._reversal_parts (text, numeric)
is 'How money that goes back is spread over the payments of its PaymentIntent; together at most what is left of them.';
