-- In file order, in which they are tried again. Locks: 'rejected events', so that two sessions that bring the same bad
-- rows in another order take turns.
create or replace function billing._record_rejections(p_source text)
returns void
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
    if not exists (select from pg_temp.incoming_event_problems where outcome = 'rejected') then
        return;
    end if;
    perform billing.lock('rejected events');
    insert into billing.rejected_events (
        source, line, event_id, account_number, metric, quantity, occurred_at, properties, content_sha256,
        column_name, value, expected
    )
    with rejections as (
        select distinct on (content.content_sha256)
            incoming.*,
            content.content_sha256,
            problems.column_name,
            left(problems.value, 1000) as value,
            problems.expected
        from pg_temp.incoming_event_problems as problems
        inner join pg_temp.incoming_events as incoming using (line)
        cross join lateral billing._event_content(array[
            incoming.event_id, incoming.account_number, incoming.metric, incoming.quantity, incoming.occurred_at,
            incoming.properties, incoming.unreadable_value
        ]) as content (content_sha256)
        where problems.outcome = 'rejected'
        order by content.content_sha256, incoming.line
    )

    select
        p_source,
        line,
        event_id,
        account_number,
        metric,
        quantity,
        occurred_at,
        properties,
        content_sha256,
        column_name,
        value,
        expected
    from rejections
    order by line
    on conflict (content_sha256) where accepted_at is null do update
    set column_name = excluded.column_name, value = excluded.value, expected = excluded.expected
    where
        (rejected_events.column_name, rejected_events.expected) <> (excluded.column_name, excluded.expected);
end;
$$;

comment on function billing._record_rejections (text)
is 'Keeps the rejected events of the batch with their reasons; one that is kept already gets its latest reason.';
