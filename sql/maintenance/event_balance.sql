-- Counts each raw event by itself, so that sums can be compared with counts taken without any join.
-- Long for the fates that an event can have.
create or replace function billing.event_balance(p_period_start date)
returns table (
    state text,
    events bigint,
    quantity numeric
)
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
with zone as materialized (
    select
        zones.name,
        p_period_start::timestamp at time zone zones.name as begins_at,
        billing.billing_period_end(p_period_start)::timestamp at time zone zones.name as ends_at
    from (select billing.billing_timezone() as name) as zones
),

span as (
    select
        min(closed.period_start) as first_run,
        max(closed.period_start) as last_run
    from billing.billing_runs as closed
    where closed.closed_at is not null
),

services as materialized (
    select
        used.*,
        runs.billing_run_id is not null as is_run,
        outcomes.customer_id is not null as is_looked_at,
        settled.usage_before_txid,
        waiting.service_key is not null and billed.service_key is null as is_waiting,
        coalesce(billed.amount, 0) as billed_amount,
        used.due_month between span.first_run and span.last_run as is_between_runs
    from billing.usage_services(p_period_start, billing.billing_period_end(p_period_start)) as used
    cross join span
    left join billing.billing_runs as runs on used.due_month = runs.period_start and runs.closed_at is not null
    left join billing.billing_run_customers as outcomes
        on runs.billing_run_id = outcomes.billing_run_id and used.customer_id = outcomes.customer_id
    left join billing.settled_periods as settled
        on used.customer_id = settled.customer_id and runs.period_start = settled.period_start
    left join (select distinct service_key from billing.waiting_services) as waiting using (service_key)
    left join (
        select
            lines.service_key,
            sum(abs(lines.amount)) as amount
        from billing.invoice_line_items as lines
        inner join billing.invoices using (invoice_id)
        where lines.charge_kind = 'usage' and billing.counts_as_billed(invoices.status, invoices.waived_on)
        group by lines.service_key
    ) as billed using (service_key)
),

classified as (
    select
        billing_events.quantity,
        case
            when services.service_key is null then 'unbilled'
            when services.is_trial then 'free'
            when services.is_waiting then 'unbilled'
            when services.usage_before_txid is null and services.is_looked_at then 'unbilled'
            when not services.is_run and services.is_between_runs then 'unbilled'
            when services.usage_before_txid is null then 'pending'
            when billing_events.txid >= services.usage_before_txid then 'late'
            when services.billed_amount = 0 then 'free'
            else 'billed'
        end as state
    from zone
    inner join billing.billing_events
        on
            billing_events.occurred_at >= zone.begins_at
            and billing_events.occurred_at < zone.ends_at
    left join services
        on
            billing_events.customer_id = services.customer_id
            and billing_events.metric_id = services.metric_id
            and services.first_day <= (billing_events.occurred_at at time zone zone.name)::date
            and services.end_day > (billing_events.occurred_at at time zone zone.name)::date
)

select
    classified.state,
    count(*) as events,
    sum(classified.quantity) as quantity
from classified
group by classified.state
order by array_position(array['billed', 'free', 'unbilled', 'late', 'pending'], classified.state)
$$;

comment on function billing.event_balance (date)
is 'What became of the events of a month: billed, free (in a trial, or priced at nothing), unbilled (no subscription, parked, invoice void, or month left out between two runs), late (for the next invoice), pending (not run yet).';
