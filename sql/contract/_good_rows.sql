-- plpgsql keeps this an optimisation fence: a caller's casts never see a row that has been found bad.
create or replace function billing._good_rows()
returns table (
    line bigint,
    fields jsonb
)
language plpgsql
stable
security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
    return query
    select
        incoming_rows.line,
        incoming_rows.fields
    from pg_temp.incoming_rows
    where not exists (
        select from pg_temp.incoming_problems
        where incoming_problems.line = incoming_rows.line
    );
end;
$$;

comment on function billing._good_rows ()
is 'Staged rows in which no problem has been found so far.';
