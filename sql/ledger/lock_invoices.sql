-- Whoever touches several invoices in one transaction locks them all first, with one call.
create or replace function billing.lock_invoices(p_invoice_ids bigint[])
returns void
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
    perform billing.lock_accounts(
        array(select customer_id from billing.invoices where invoice_id = any(p_invoice_ids)),
        p_invoice_ids
    );
end;
$$;

comment on function billing.lock_invoices (bigint[])
is 'Locks invoices and the accounts they belong to, as billing.lock_accounts does.';
