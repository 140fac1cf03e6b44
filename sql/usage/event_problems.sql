create or replace function billing.event_problems(p_limit integer)
returns table (
    line bigint,
    outcome text,
    column_name text,
    value text,
    expected text
)
language plpgsql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    perform billing.require_event_staging();
    return query
    select
        problems.line,
        problems.outcome,
        problems.column_name,
        problems.value,
        problems.expected
    from pg_temp.incoming_event_problems as problems
    order by problems.line
    limit p_limit;
end;
$$;

comment on function billing.event_problems (integer)
is 'The first p_limit rejected or conflicting events of the batch just taken in, in the same transaction.';
