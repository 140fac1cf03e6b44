create or replace function billing.credit_balance(p_customer_id bigint, p_currency text)
returns numeric
language sql
stable
security invoker
as $$
select billing.shown_amount(coalesce(sum(payment_balances.unapplied), 0), p_currency)
from billing.payment_balances
where
    payment_balances.customer_id = p_customer_id
    and payment_balances.currency = p_currency
$$;

comment on function billing.credit_balance (bigint, text)
is 'What is held of a customer and pays nothing yet; money about to be refunded is not in it.';
