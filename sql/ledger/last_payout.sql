create or replace function billing.last_payout(p_customer_id bigint)
returns bigint
language sql
stable
security invoker
as $$
select coalesce(max(payouts.payout_id), 0)
from billing.payouts
where payouts.customer_id = p_customer_id
$$;

comment on function billing.last_payout (bigint)
is 'The newest payout to a customer, 0 if there was none: with the account locked, what is above it came later.';
