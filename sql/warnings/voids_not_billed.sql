-- Late usage that a void invoice billed is billed by whatever run comes next; its own month only by running that again.
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
select
    invoices.invoice_number,
    customers.account_number,
    invoices.period_start
from billing.invoices
inner join billing.customers using (customer_id)
inner join billing.billing_run_customers as outcomes using (billing_run_id, customer_id)
where
    invoices.status = 'void'
    and outcomes.outcome = 'invoiced'
    and exists (
        select from billing.invoice_line_items as lines
        where
            lines.invoice_id = invoices.invoice_id
            and lines.service_period_start = invoices.period_start
    )
    and not exists (
        select from billing.invoices as standing
        where
            standing.customer_id = invoices.customer_id
            and standing.period_start = invoices.period_start
            and billing.counts_as_billed(standing.status, standing.waived_on)
    )
    and not exists (
        select from billing.invoices as later
        where
            later.customer_id = invoices.customer_id
            and later.period_start = invoices.period_start
            and later.invoice_id > invoices.invoice_id
    )
$$;

comment on function billing.voids_not_billed ()
is 'Void invoices whose month has not been run again since, the last of a customer and month: what they billed of it is billed by nobody. Waived ones count as billed.';
