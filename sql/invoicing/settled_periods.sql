-- A month is settled for a customer when its run has closed and either invoiced the customer (and the invoice
-- stands) or found nothing to bill.
create or replace view billing.settled_periods as
select
    billing_run_customers.customer_id,
    billing_runs.period_start,
    billing_run_customers.usage_before_txid
from billing.billing_run_customers
inner join billing.billing_runs using (billing_run_id)
where
    billing_runs.closed_at is not null
    and (
        billing_run_customers.outcome = 'skipped'
        or exists (
            select from billing.invoices
            where
                invoices.customer_id = billing_run_customers.customer_id
                and invoices.period_start = billing_runs.period_start
                and (invoices.status <> 'void' or invoices.waived_on is not null)
                and invoices.invoice_number is not null
        )
    );

comment on view billing.settled_periods is 'One row per customer and month that has been billed, or found to have nothing to bill.';
comment on column billing.settled_periods.usage_before_txid
is 'Events with a txid below this one were seen when the month was billed.';
