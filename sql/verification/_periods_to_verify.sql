create or replace function billing._periods_to_verify(p_period_start date)
returns table (period_start date)
language sql
stable
security invoker
as $$
with previous as (
    select coalesce(max(settled.usage_before_txid), 0) as before_txid
    from billing.settled_periods as settled
    where settled.period_start < p_period_start
)

select p_period_start as period_start
union
select lines.service_period_start
from billing.invoice_line_items as lines
inner join billing.invoices using (invoice_id)
where invoices.period_start = p_period_start and invoices.invoice_number is null
union
select date_trunc('month', billing_events.occurred_at at time zone (select billing.billing_timezone()))::date
from billing.billing_events
cross join previous
where
    billing_events.txid >= previous.before_txid
    and billing_events.occurred_at
    < p_period_start::timestamp at time zone (select billing.billing_timezone())
$$;

comment on function billing._periods_to_verify (date)
is 'The month of a run, the months its drafts bill late usage of, and earlier months with events newer than every run before.';
