-- Commands run with the owner's rights and read tables of pg_temp, where the caller may create objects too: a view of
-- that name, a trigger or a rule could smuggle the caller's functions in. So only a plain table is read that the owner
-- made itself in this session, that has the columns it was made with, and to which nothing was added.
create or replace function billing.require_staging(p_tables text[])
returns void
language plpgsql
stable
security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
    if exists (
        select from unnest(p_tables) as wanted (relname)
        left join pg_catalog.pg_class
            on pg_class.relname = wanted.relname and pg_class.relnamespace = pg_my_temp_schema()
        where
            pg_class.relkind is distinct from 'r'
            or pg_get_userbyid(pg_class.relowner) <> current_user
            or pg_class.relpersistence <> 't'
            or pg_class.relhasrules
            or pg_class.relhastriggers
            or pg_class.relhassubclass
            or pg_class.relrowsecurity
            or exists (
                select from pg_catalog.pg_attribute
                inner join pg_catalog.pg_type on pg_attribute.atttypid = pg_type.oid
                where
                    pg_attribute.attrelid = pg_class.oid
                    and pg_attribute.attnum > 0
                    and (pg_type.typnamespace <> 'pg_catalog'::regnamespace or pg_attribute.atthasdef)
            )
    ) then
        raise object_not_in_prerequisite_state using
            message = 'nothing has been staged to be taken in',
            hint = 'Call billing.begin_file() or billing.begin_event_batch() first.';
    end if;
end;
$$;

comment on function billing.require_staging (text[])
is 'Raises unless each named temporary table exists in this session and is as the engine itself made it.';
