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
    select
        checked.line,
        'conflicting',
        'event_id',
        checked.event_id,
        format(
            'a new name, or the same event again: it stands for %s %s at %s',
            trim_scale(standing.quantity),
            metrics.metric,
            to_char(standing.occurred_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
        )
    from pg_temp.checked_events as checked
    inner join pg_temp.standing_events as standing using (customer_id, event_key)
    inner join billing.metrics on standing.metric_id = metrics.metric_id
    where
        (checked.metric_id, checked.quantity, checked.occurred_at)
        <> (standing.metric_id, standing.quantity, standing.occurred_at)
    order by checked.line;

    insert into billing.event_conflicts (
        customer_id, event_id, metric, quantity, occurred_at, properties, standing_metric, standing_quantity,
        standing_occurred_at, source, line
    )
    select
        checked.customer_id,
        checked.event_id,
        checked.metric,
        checked.quantity,
        checked.occurred_at,
        checked.properties,
        metrics.metric,
        standing.quantity,
        standing.occurred_at,
        p_source,
        checked.line
    from pg_temp.incoming_event_problems as problems
    inner join pg_temp.checked_events as checked using (line)
    inner join pg_temp.standing_events as standing using (customer_id, event_key)
    inner join billing.metrics on standing.metric_id = metrics.metric_id
    where problems.outcome = 'conflicting'
    order by checked.customer_id, checked.event_id, checked.line
    on conflict do nothing;
end;
$$;

comment on function billing._record_conflicts (text)
is 'Keeps the events of the batch that contradict the standing event of their name.';
