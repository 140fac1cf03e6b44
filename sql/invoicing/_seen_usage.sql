-- A customer's month is covered by every run since, each up to its own watermark; the latest one counts. Drafts of the
-- running transaction count as runs, void invoices do not.
create or replace function billing._seen_usage(p_period_start date)
returns table (
    customer_id bigint,
    before_txid bigint,
    has_own_invoice boolean
)
language sql
stable
security invoker
as $$
with standing as (
    select
        billing_run_customers.customer_id,
        billing_runs.period_start,
        billing_run_customers.usage_before_txid,
        billing_run_customers.outcome = 'invoiced' as is_invoiced
    from billing.billing_run_customers
    inner join billing.billing_runs using (billing_run_id)
    where
        billing_runs.period_start >= p_period_start
        and (
            billing_run_customers.outcome = 'skipped'
            or exists (
                select from billing.invoices
                where
                    invoices.customer_id = billing_run_customers.customer_id
                    and invoices.period_start = billing_runs.period_start
                    and invoices.status <> 'void'
            )
        )
)

select
    standing.customer_id,
    max(standing.usage_before_txid) as before_txid,
    bool_or(standing.is_invoiced and standing.period_start = p_period_start) as has_own_invoice
from standing
group by standing.customer_id
having bool_or(standing.period_start = p_period_start)
$$;

comment on function billing._seen_usage (date)
is 'Customers for whom a month is settled or being drafted, and up to which transaction its events have been billed.';
