create or replace function billing._standing_payouts(p_payment_ids bigint[])
returns table (
    payout_id bigint,
    amount numeric
)
language sql
stable
security invoker
as $$
select
    reversals.payout_id,
    sum(reversals.amount) as amount
from billing.payment_reversals as reversals
where reversals.payment_id = any(p_payment_ids) and reversals.payout_id is not null
group by reversals.payout_id
having sum(reversals.amount) > 0
order by reversals.payout_id
$$;

comment on function billing._standing_payouts (bigint[])
is 'The payouts that took money of payments and were not taken back, each with what it took of them.';
