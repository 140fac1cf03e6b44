create or replace function billing._is_refused(p_skip_bad boolean)
returns boolean
language plpgsql
stable
security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
    return not p_skip_bad and exists (select from pg_temp.incoming_problems);
end;
$$;

comment on function billing._is_refused (boolean)
is 'Whether the staged file must not be loaded: it has a problem, and bad rows are not to be skipped.';
