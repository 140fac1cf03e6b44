-- Sorted by name: so that the unique indexes are filled in order, and two sessions that bring the same events wait for
-- each other in one order. A time finer than microseconds is cut, not rounded: it may be the last of its month.
create or replace function billing._type_good_events()
returns void
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
    perform billing.add_metrics(array(
        select distinct metric
        from pg_temp.incoming_events
        where line not in (select line from pg_temp.incoming_event_problems)
    ));
    insert into pg_temp.checked_events (
        line, customer_id, event_key, event_id, metric_id, metric, quantity, occurred_at, properties, is_first
    )
    with good as materialized (
        select
            incoming.*,
            billing._event_key(incoming.event_id) as event_key
        from pg_temp.incoming_events as incoming
        where incoming.line not in (select line from pg_temp.incoming_event_problems)
    )

    select
        good.line,
        customers.customer_id,
        good.event_key,
        good.event_id,
        metrics.metric_id,
        good.metric,
        trim_scale(good.quantity::numeric),
        regexp_replace(good.occurred_at, '(\.\d{6})\d+', '\1')::timestamptz,
        nullif(good.properties::jsonb, 'null'),
        lag(good.line) over names is null
    from good
    inner join billing.customers using (account_number)
    inner join billing.metrics using (metric)
    window names as (partition by customers.customer_id, good.event_key order by good.line);
end;
$$;

comment on function billing._type_good_events ()
is 'Turns the staged events without problems into typed ones, sorted by name; is_first marks the first of each name.';
