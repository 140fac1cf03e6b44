-- Drafts may bill services of months before (their tax day tells, or the period they correct), events and changes of
-- the contract that came after the run before may make a difference that a draft has left out.
create or replace function billing._customers_to_verify(p_period_start date)
returns table (
    customer_id bigint,
    compare_from date
)
language sql
stable
security invoker
as $$
with previous as materialized (
    select min(outcomes.usage_before_txid) as before_txid
    from billing.billing_run_customers as outcomes
    where
        outcomes.billing_run_id = (
            select earlier.billing_run_id from billing.billing_runs as earlier
            where earlier.period_start < p_period_start
            order by earlier.period_start desc
            limit 1
        )
),

days as (
    select
        invoices.customer_id,
        min(least(
            lines.taxed_on - 1,
            case
                when lines.kind <> lines.charge_kind and lines.service_period_end - lines.service_period_start <= 31
                    then lines.service_period_start
            end
        )) as day
    from billing.invoices
    inner join billing.invoice_line_items as lines using (invoice_id)
    where
        invoices.period_start = p_period_start
        and invoices.invoice_number is null
        and (lines.taxed_on <= p_period_start or lines.kind <> lines.charge_kind)
    group by invoices.customer_id
    union all
    select
        events.customer_id,
        (min(events.occurred_at) at time zone (select billing.billing_timezone()))::date
    from billing.billing_events as events
    where
        events.txid >= (select previous.before_txid from previous)
        and events.occurred_at < p_period_start::timestamp at time zone (select billing.billing_timezone())
    group by events.customer_id
    union all
    select
        changes.customer_id,
        changes.from_on
    from billing.contract_changes as changes
    where changes.txid >= (select previous.before_txid from previous)
)

select
    settled.customer_id,
    least(p_period_start, date_trunc('month', min(days.day))::date) as compare_from
from billing.settled_periods as settled
left join days using (customer_id)
where settled.period_start = p_period_start
group by settled.customer_id
$$;

comment on function billing._customers_to_verify (date)
is 'Customers for whom a month is settled or drafted, and the first month of which something may have changed since the run before.';
