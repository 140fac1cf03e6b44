-- Counts each raw event by itself, so that sums can be compared with counts taken without any join.
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
with classified as (
    select
        billing_events.quantity,
        case
            when subscriptions.subscription_id is null then 'unbilled'
            when seen.customer_id is null and runs.closed_at is not null and outcomes.customer_id is not null
                then 'unbilled'
            when runs.closed_at is null and p_period_start between span.first_run and span.last_run
                then 'unbilled'
            when seen.customer_id is null then 'pending'
            when billing_events.txid >= seen.before_txid then 'late'
            when coalesce(billed.amount, 0) = 0 then 'free'
            else 'billed'
        end as state
    from billing.billing_events
    cross join (
        select
            min(closed.period_start) as first_run,
            max(closed.period_start) as last_run
        from billing.billing_runs as closed
        where closed.closed_at is not null
    ) as span
    left join billing.subscriptions
        on
            billing_events.customer_id = subscriptions.customer_id
            and billing_events.metric_id = subscriptions.metric_id
            and daterange(subscriptions.starts_on, subscriptions.ends_on)
            @> (billing_events.occurred_at at time zone (select billing.billing_timezone()))::date
    left join billing.billing_runs as runs on runs.period_start = p_period_start
    left join billing.billing_run_customers as outcomes
        on
            runs.billing_run_id = outcomes.billing_run_id
            and billing_events.customer_id = outcomes.customer_id
    left join billing.seen_usage(p_period_start) as seen
        on billing_events.customer_id = seen.customer_id and runs.closed_at is not null
    left join (
        select
            usage.subscription_id,
            sum(abs(usage.amount)) as amount
        from billing.billed_usage(p_period_start) as usage
        group by usage.subscription_id
    ) as billed on subscriptions.subscription_id = billed.subscription_id
    where
        billing_events.occurred_at >= p_period_start::timestamp at time zone (select billing.billing_timezone())
        and billing_events.occurred_at
        < billing.billing_period_end(p_period_start)::timestamp at time zone (select billing.billing_timezone())
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
is 'What became of the events of a month: billed, free (priced at nothing), unbilled (no subscription, parked, invoice void, or month left out between two runs), late (for the next invoice), pending (not run yet).';
