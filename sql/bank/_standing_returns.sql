create or replace function billing._standing_returns(p_debit_id bigint)
returns setof billing.payment_reversals
language sql
stable
security invoker
as $$
select reversals.*
from billing.payment_reversals as reversals
where
    reversals.bank_transaction_id = p_debit_id
    and not billing.is_undone(reversals)
order by reversals.payment_reversal_id
$$;

comment on function billing._standing_returns (bigint)
is 'What a debit took back of payments, and still does.';
