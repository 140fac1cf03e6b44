-- A payment may be short for a moment: a dispute took what was about to be refunded, and the refund is still to fail.
-- One that is short for good, because more went back than it had, is made up for by the customer's other money.
create or replace function billing.applicable_balance(p_customer_id bigint, p_currency text)
returns numeric
language sql
stable
security invoker
as $$
select
    coalesce(
        sum(greatest(
            payment_balances.unapplied,
            least(payment_balances.unapplied + payment_balances.refund_scheduled, 0)
        )),
        0
    )
from billing.payment_balances
where
    payment_balances.customer_id = p_customer_id
    and payment_balances.currency = p_currency
$$;

comment on function billing.applicable_balance (bigint, text)
is 'What of a customer''s money can pay invoices: what their payments have left, less what others are short of.';
