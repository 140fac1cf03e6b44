-- Makes the session's staging tables, or empties them: incoming_rows, into which a file is copied, and
-- incoming_problems, which the load functions fill. They are private to the session, so public may insert. What is in
-- incoming_warnings stays until the transaction ends: it is read once, for all files of a load.
-- Locks: 'run', to the end of the transaction: no run bills half a catalog, and what is
-- billed history stands still while it is checked.
create or replace function billing.begin_file()
returns void
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    perform billing.lock('run');
    if to_regclass('pg_temp.incoming_rows') is null then
        create temporary table incoming_rows (
            line bigint not null,
            fields jsonb not null,
            unreadable text
        ) on commit delete rows;
        create temporary table incoming_problems (
            line bigint,
            column_name text not null,
            value text,
            expected text not null
        ) on commit delete rows;
        create temporary table incoming_warnings (
            file text not null,
            line bigint not null,
            column_name text not null,
            value text,
            warning text not null
        ) on commit delete rows;
        grant insert on pg_temp.incoming_rows to public;
    end if;
    perform billing.require_staging(array['incoming_rows', 'incoming_problems', 'incoming_warnings']);
    delete from pg_temp.incoming_rows;
    delete from pg_temp.incoming_problems;
end;
$$;

comment on function billing.begin_file ()
is 'Prepares pg_temp.incoming_rows (line, fields, unreadable) for COPY: one row per row of a catalog file.';
