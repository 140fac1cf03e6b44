-- A later run rates again what changed of the months before: it settles them, too, up to its own watermark.
create or replace view billing.settled_periods as
with standing as (
    select
        outcomes.customer_id,
        runs.period_start,
        outcomes.usage_before_txid
    from billing.billing_run_customers as outcomes
    inner join billing.billing_runs as runs using (billing_run_id)
    where
        outcomes.outcome = 'skipped'
        or (
            outcomes.outcome = 'invoiced'
            and exists (
                select from billing.invoices
                where
                    invoices.customer_id = outcomes.customer_id
                    and invoices.period_start = runs.period_start
                    and (invoices.status <> 'void' or invoices.waived_on is not null)
            )
        )
)

select
    standing.customer_id,
    runs.period_start,
    max(standing.usage_before_txid) as usage_before_txid
from billing.billing_runs as runs
inner join standing on runs.period_start <= standing.period_start
group by
    standing.customer_id,
    runs.period_start;

comment on view billing.settled_periods
is 'One row per customer and month run for which a run of that month or a later one stands: it billed the customer, or found nothing to bill.';
comment on column billing.settled_periods.usage_before_txid
is 'What fell due in the month is billed with the events and changes of the contract whose txid is below this one.';
