-- A customer's month is covered by every run since, each up to its own watermark; the latest one counts. Drafts of the
-- running transaction count as runs, void invoices do not; and where a void invoice billed the month, neither do the
-- runs after it that had nothing to add only because that invoice was still standing.
create or replace function billing.seen_usage(p_period_start date)
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
                    and billing.counts_as_billed(invoices.status, invoices.waived_on)
            )
        )
),

billing_the_month as (
    select distinct
        invoices.customer_id,
        invoices.period_start,
        invoices.usage_before_txid,
        not billing.counts_as_billed(invoices.status, invoices.waived_on) as is_void
    from billing.invoices
    inner join billing.invoice_line_items as lines using (invoice_id)
    where lines.service_period_start = p_period_start
),

covering as (
    select
        standing.*,
        exists (
            select from billing_the_month as own
            where
                own.customer_id = standing.customer_id
                and own.period_start = standing.period_start
                and not own.is_void
        ) or not exists (
            select from billing_the_month as void
            where
                void.customer_id = standing.customer_id
                and void.usage_before_txid <= standing.usage_before_txid
                and void.is_void
        ) as is_covering
    from standing
)

select
    covering.customer_id,
    coalesce(max(covering.usage_before_txid) filter (where covering.is_covering), 0) as before_txid,
    bool_or(covering.is_invoiced and covering.period_start = p_period_start) as has_own_invoice
from covering
group by covering.customer_id
having bool_or(covering.period_start = p_period_start)
$$;

comment on function billing.seen_usage (date)
is 'Customers for whom a month is settled or being drafted, and up to which transaction its events have been billed.';
