-- Whoever touches several invoices in one transaction locks them all first, in this order: the audit log makes
-- transactions queue, and one that already stands in that queue must not wait for an invoice.
create or replace function billing._lock_invoices(p_invoice_ids bigint[])
returns void
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
    perform from billing.invoices
    where invoice_id = any(p_invoice_ids)
    order by invoice_id
    for update;
end;
$$;

comment on function billing._lock_invoices (bigint[])
is 'Locks invoices in the order of their ids.';
