create or replace function billing.voids_not_billed()
returns table (
    invoice_number text,
    account_number text,
    period_start date
)
language sql
stable
security invoker
as $$
select distinct
    max(waiting.invoice_number) over (partition by waiting.customer_id, waiting.period_start) as invoice_number,
    customers.account_number,
    waiting.period_start
from billing.waiting_services as waiting
inner join billing.customers using (customer_id)
$$;

comment on function billing.voids_not_billed ()
is 'Void invoices whose month has not been run again since, the last of a customer and month: what they billed is billed by nobody. Waived ones count as billed.';
