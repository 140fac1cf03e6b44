-- Counts into daily_usage what was stored since the last roll-up: every event with a txid from the watermark up to the
-- oldest running transaction that could store events (_usage_horizon), which are all finished. The watermark is locked
-- and read in one statement and the events in the next, so that the second of two sessions sees what the first has
-- counted; one statement must not do both. Idempotent. A long transaction holds the roll-up back; nothing is lost by
-- that. A correction may be below zero, which no row of its own could be: days that are there are updated first.
-- Long for the rows that follow from the events.
create or replace function billing.roll_up_usage()
returns bigint
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
set jit = off
as $$
declare
    v_timezone constant text := (select billing_timezone from billing.seller_profiles);
    v_low bigint;
    v_high bigint;
    v_events bigint;
begin
    if v_timezone is null then
        return 0;
    end if;
    select rolled_up_before_txid into strict v_low
    from billing.usage_watermarks
    for update;
    perform billing._require_current_transaction_ids();
    v_high := billing._usage_horizon();
    if v_high <= v_low then
        return 0;
    end if;
    perform billing._add_usage_keys(v_low, v_high);
    with fresh as (
        select
            events.customer_id,
            events.metric_id,
            keys.usage_key_id,
            (events.occurred_at at time zone v_timezone)::date as usage_day,
            sum(events.quantity) as quantity,
            count(*) as events,
            max(events.txid) as last_txid
        from billing.billing_events as events
        inner join billing.metrics using (metric_id)
        inner join billing.usage_keys as keys
            on
                events.metric_id = keys.metric_id
                and keys.dimensions = billing.event_dimensions(events.properties, metrics.dimensions)
        where events.txid >= v_low and events.txid < v_high
        group by events.customer_id, events.metric_id, keys.usage_key_id, usage_day
    ),

    counted as (
        update billing.daily_usage
        set
            quantity = daily_usage.quantity + fresh.quantity,
            events = daily_usage.events + fresh.events
        from fresh
        where
            daily_usage.customer_id = fresh.customer_id
            and daily_usage.metric_id = fresh.metric_id
            and daily_usage.usage_day = fresh.usage_day
            and daily_usage.usage_key_id = fresh.usage_key_id
        returning fresh.customer_id, fresh.metric_id, fresh.usage_day, fresh.usage_key_id
    ),

    begun as (
        insert into billing.daily_usage (customer_id, metric_id, usage_day, usage_key_id, quantity, events)
        select customer_id, metric_id, usage_day, usage_key_id, quantity, events
        from fresh
        where not exists (
            select from counted
            where
                counted.customer_id = fresh.customer_id
                and counted.metric_id = fresh.metric_id
                and counted.usage_day = fresh.usage_day
                and counted.usage_key_id = fresh.usage_key_id
        )
        order by customer_id, metric_id, usage_day
    ),

    marked as (
        insert into billing.usage_months (customer_id, usage_month, last_txid)
        select customer_id, date_trunc('month', usage_day)::date as usage_month, max(last_txid) from fresh
        group by customer_id, usage_month
        order by customer_id, usage_month
        on conflict (customer_id, usage_month) do update
        set last_txid = greatest(usage_months.last_txid, excluded.last_txid)
    ),

    forgotten as (
        delete from billing.accrued_weeks
        where period_start in (select date_trunc('month', usage_day)::date from fresh)
    )

    select coalesce(sum(events), 0) into v_events from fresh;
    update billing.usage_watermarks set rolled_up_before_txid = v_high;
    return v_events;
end;
$$;

comment on function billing.roll_up_usage ()
is 'Brings daily_usage up to date with the raw events; returns how many were counted. 0 while there is no seller.';
