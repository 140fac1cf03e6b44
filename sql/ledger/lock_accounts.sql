-- Money of a customer moves in one transaction at a time: a surplus must see every open invoice, an invoice that is
-- being issued every surplus. Whoever books money takes these locks before anything else: customers by their ids, then
-- invoices by theirs. The audit log makes transactions queue, and one that already stands in that queue must not wait
-- for an account. A snapshot from before the locks would not show what was booked under them.
create or replace function billing.lock_accounts(p_customer_ids bigint[], p_invoice_ids bigint[])
returns void
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
    if current_setting('transaction_isolation') <> 'read committed' then
        raise invalid_transaction_state using
            message = format('money is booked at read committed, not at %s', current_setting('transaction_isolation'));
    end if;
    perform from billing.customers
    where customer_id = any(p_customer_ids)
    order by customer_id
    for no key update;
    perform from billing.invoices
    where
        (customer_id = any(p_customer_ids) and status = 'issued')
        or invoice_id = any(p_invoice_ids)
    order by invoice_id
    for update;
end;
$$;

comment on function billing.lock_accounts (bigint[], bigint[])
is 'Locks customers, all their open invoices and the given ones of any status, each in the order of their ids.';
