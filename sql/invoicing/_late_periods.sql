-- Months a run has settled for a customer, of which later events have been rolled up since, or which an invoice billed
-- that is void now. A month whose only invoice is void, or of a customer that was parked, is not settled: running that
-- month again bills it. To name a month too many costs time, not money: the difference to what is billed decides.
create or replace function billing._late_periods(p_period_start date)
returns table (
    customer_id bigint,
    period_start date
)
language sql
stable
parallel safe
security invoker
as $$
select
    settled.customer_id,
    settled.period_start
from billing.settled_periods as settled
where
    settled.period_start < p_period_start
    and (
        exists (
            select from billing.usage_months
            where
                usage_months.customer_id = settled.customer_id
                and usage_months.usage_month = settled.period_start
                and usage_months.last_txid >= settled.usage_before_txid
        )
        or exists (
            select from billing.invoices
            inner join billing.invoice_line_items as lines using (invoice_id)
            where
                invoices.customer_id = settled.customer_id
                and not billing.counts_as_billed(invoices.status, invoices.waived_on)
                and lines.service_period_start = settled.period_start
        )
    )
$$;

comment on function billing._late_periods (date)
is 'Customers and settled months before p_period_start for which usage arrived, or an invoice became void, after the month was billed.';
