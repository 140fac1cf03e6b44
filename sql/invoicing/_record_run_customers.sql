-- Whoever is to be billed starts as skipped; drafting turns those with a line into invoiced.
create or replace function billing._record_run_customers(
    p_billing_run_id bigint,
    p_period_start date,
    p_usage_before_txid bigint
)
returns void
language sql
volatile
security invoker
as $$
insert into billing.billing_run_customers (
    billing_run_id, customer_id, outcome, reason, usage_before_txid
)
select
    p_billing_run_id,
    customers.customer_id,
    case when parked.customer_id is null then 'skipped' else 'parked' end,
    parked.reason,
    p_usage_before_txid
from billing.customers
left join billing.parking_reasons(p_period_start) as parked
    on customers.customer_id = parked.customer_id
where not exists (
    select from billing.invoices
    where
        invoices.customer_id = customers.customer_id
        and invoices.period_start = p_period_start
        and billing.counts_as_billed(invoices.status, invoices.waived_on)
)
on conflict (billing_run_id, customer_id) do update
set
    outcome = excluded.outcome,
    reason = excluded.reason,
    usage_before_txid = excluded.usage_before_txid
$$;

comment on function billing._record_run_customers (bigint, date, bigint)
is 'Notes every customer without a standing invoice for the month as skipped, or parked with the reason.';
