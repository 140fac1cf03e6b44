-- What the latest load function of this transaction found, in the order of the file; a bad row may come more than once.
create or replace function billing.file_problems()
returns table (
    line bigint,
    column_name text,
    value text,
    expected text,
    fields jsonb
)
language plpgsql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    perform billing.require_staging(array['incoming_rows', 'incoming_problems']);
    return query
    select
        incoming_problems.line,
        incoming_problems.column_name,
        incoming_problems.value,
        incoming_problems.expected,
        incoming_rows.fields
    from pg_temp.incoming_problems
    left join pg_temp.incoming_rows using (line)
    order by incoming_problems.line nulls last, incoming_problems.column_name, incoming_problems.expected;
end;
$$;

comment on function billing.file_problems ()
is 'Problems of the file just checked: line, column, value, what was expected, and the row as it came.';
