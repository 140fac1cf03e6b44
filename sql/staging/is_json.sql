create or replace function billing.is_json(p_value text)
returns boolean
language plpgsql
immutable
parallel safe
security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
    return p_value::jsonb is not null;
exception
    when data_exception or program_limit_exceeded then
        return false;
end;
$$;

comment on function billing.is_json (text) is 'Whether a text is JSON that PostgreSQL can store.';
