-- Long for its rules, a branch each.
create or replace function billing._broken_usage()
returns table (
    invariant text,
    subject text,
    detail text
)
language sql
stable
security invoker
as $$
with zone as materialized (
    select billing.billing_timezone() as name
),

raw as materialized (
    select
        billing_events.customer_id,
        billing_events.metric_id,
        (billing_events.occurred_at at time zone zone.name)::date as usage_day,
        sum(billing_events.quantity) as all_quantity,
        count(*) as all_events,
        sum(billing_events.quantity) filter (where rolled_up.is_rolled_up) as quantity,
        count(*) filter (where rolled_up.is_rolled_up) as events
    from billing.billing_events
    cross join zone
    cross join billing.usage_watermarks
    cross join lateral (
        select billing_events.txid < usage_watermarks.rolled_up_before_txid as is_rolled_up
    ) as rolled_up
    group by
        billing_events.customer_id,
        billing_events.metric_id,
        usage_day
),

rolled_up as (
    select
        daily_usage.customer_id,
        daily_usage.metric_id,
        daily_usage.usage_day,
        sum(daily_usage.quantity) as quantity,
        sum(daily_usage.events) as events
    from billing.daily_usage
    group by
        daily_usage.customer_id,
        daily_usage.metric_id,
        daily_usage.usage_day
),

months as (
    select
        to_char(raw.usage_day, 'YYYY-MM') as month,
        date_trunc('month', raw.usage_day)::date as period_start,
        sum(raw.all_events) as events,
        sum(raw.all_quantity) as quantity
    from raw
    group by
        month,
        period_start
)

select
    'usage roll-ups equal the raw events' as invariant,
    format('account %s, %s, %s', customers.account_number, metrics.metric, usage_day) as subject,
    format(
        'rolled up %s of %s events, raw %s of %s',
        daily_usage.quantity, daily_usage.events, raw.quantity, raw.events
    ) as detail
from raw
full join rolled_up as daily_usage using (customer_id, metric_id, usage_day)
inner join billing.customers using (customer_id)
inner join billing.metrics using (metric_id)
where
    coalesce(raw.quantity, 0) <> coalesce(daily_usage.quantity, 0)
    or coalesce(raw.events, 0) <> coalesce(daily_usage.events, 0)
union all
select
    'every event is billed, free, unbilled, late or pending' as invariant,
    months.month as subject,
    format(
        '%s of %s events, quantity %s of %s', balance.events, months.events, balance.quantity, months.quantity
    ) as detail
from months
cross join lateral (
    select
        sum(states.events) as events,
        sum(states.quantity) as quantity
    from billing.event_balance(months.period_start) as states
) as balance
where
    balance.events <> months.events
    or balance.quantity <> months.quantity
union all
select
    'an event name is stored once' as invariant,
    format('account %s, event %s', customers.account_number, twice.event_id) as subject,
    format('it is there %s times', twice.times) as detail
from (
    select
        billing_events.customer_id,
        coalesce(min(billing_events.event_id), billing_events.event_key::text) as event_id,
        count(*) as times
    from billing.billing_events
    group by
        billing_events.customer_id,
        billing_events.event_key
    having count(*) > 1
) as twice
inner join billing.customers using (customer_id)
$$;

comment on function billing._broken_usage ()
is 'Raw events, their daily roll-up and their fate, where the three do not agree.';
