create or replace view billing.waiting_services as
select distinct
    lines.service_key,
    voids.customer_id,
    voids.period_start,
    voids.invoice_number
from billing.invoices as voids
inner join billing.billing_run_customers as outcomes using (billing_run_id, customer_id)
inner join billing.invoice_line_items as lines using (invoice_id)
where
    voids.status = 'void'
    and voids.waived_on is null
    and outcomes.outcome = 'invoiced'
    and not exists (
        select from billing.invoices as standing
        where
            standing.customer_id = voids.customer_id
            and standing.period_start = voids.period_start
            and (standing.status <> 'void' or standing.waived_on is not null)
    );

comment on view billing.waiting_services
is 'What void invoices billed whose month has not been run again: it waits for that run, no other bills it.';
