-- A return that was undone may be one after all.
create or replace function billing._return_reference(p_debit_id bigint, p_payment_id bigint)
returns text
language sql
stable
security invoker
as $$
select concat_ws('-', 'bank-transaction', p_debit_id, p_payment_id, nullif(count(*) + 1, 1))
from billing.payment_reversals
where
    payment_id = p_payment_id
    and kind = 'bank_return'
    and amount > 0
    and reference like 'bank-transaction-' || p_debit_id || '-%'
$$;

comment on function billing._return_reference (bigint, bigint)
is 'What names the next time that a debit takes a payment back.';
