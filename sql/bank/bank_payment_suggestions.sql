create or replace function billing.bank_payment_suggestions(p_bank_transaction_ids bigint[])
returns table (
    bank_transaction_id bigint,
    payment_id bigint,
    account_number text,
    customer_name text,
    received_on date,
    method text
)
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
select
    waiting.bank_transaction_id,
    found.payment_id,
    customers.account_number,
    customers.name as customer_name,
    found.received_on,
    found.method
from billing.bank_transactions as waiting
cross join lateral billing._payments_by_hand(waiting) as found
inner join billing.customers on found.customer_id = customers.customer_id
where
    waiting.bank_transaction_id = any(p_bank_transaction_ids)
    and waiting.status = 'unmatched'
    and waiting.amount > 0
order by
    waiting.bank_transaction_id,
    abs(found.received_on - waiting.booked_on),
    found.payment_id
$$;

comment on function billing.bank_payment_suggestions (bigint[])
is 'Payments booked by hand that unmatched entries may be, the nearest day first.';
