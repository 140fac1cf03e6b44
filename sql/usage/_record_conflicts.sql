-- The first event of a name stands, in file order and in order of arrival. A conflict is kept once per version.
create or replace function billing._record_conflicts(p_source text)
returns void
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
    insert into pg_temp.incoming_event_problems (line, outcome, column_name, value, expected)
    select e.line, 'conflicting', 'event_id', e.event_id, format(
        'a new name, or the same event again: it stands for %s %s at %s',
        trim_scale(s.quantity), metrics.metric,
        to_char(s.occurred_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
    )
    from pg_temp.checked_events as e
    inner join pg_temp.standing_events as s using (customer_id, event_key)
    inner join billing.metrics on s.metric_id = metrics.metric_id
    where (e.metric_id, e.quantity, e.occurred_at) <> (s.metric_id, s.quantity, s.occurred_at)
    order by e.line;

    insert into billing.event_conflicts (
        customer_id, event_id, metric, quantity, occurred_at, properties, standing_metric, standing_quantity,
        standing_occurred_at, source, line
    )
    select
        e.customer_id, e.event_id, e.metric, e.quantity, e.occurred_at, e.properties, metrics.metric, s.quantity,
        s.occurred_at, p_source, e.line
    from pg_temp.incoming_event_problems as p
    inner join pg_temp.checked_events as e using (line)
    inner join pg_temp.standing_events as s using (customer_id, event_key)
    inner join billing.metrics on s.metric_id = metrics.metric_id
    where p.outcome = 'conflicting'
    order by e.customer_id, e.event_id, e.line
    on conflict do nothing;
end;
$$;

comment on function billing._record_conflicts (text)
is 'Keeps the events of the batch that contradict the standing event of their name.';
