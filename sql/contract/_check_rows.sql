-- What goes for every file: a row must be readable, and a key may come twice only if the whole row does. Exact repeats
-- are taken out of the staging table, so that the rest may count on each key being there once.
create or replace function billing._check_rows(p_key text[])
returns void
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
    perform billing.require_staging(array['incoming_rows', 'incoming_problems']);
    insert into pg_temp.incoming_problems (line, column_name, value, expected)
    select line, 'row', fields ->> 'row', unreadable
    from pg_temp.incoming_rows
    where unreadable is not null;

    create temporary table keyed_rows on commit drop as
    select
        good.line,
        good.fields,
        first_value(good.line) over first_of_key as first_line,
        first_value(good.fields) over first_of_key as first_fields
    from billing._good_rows() as good
    window first_of_key as (
        partition by (select jsonb_agg(good.fields -> key order by key) from unnest(p_key) as names (key))
        order by good.line
    );
    delete from pg_temp.incoming_rows
    using pg_temp.keyed_rows
    where
        incoming_rows.line = keyed_rows.line
        and keyed_rows.line > keyed_rows.first_line
        and keyed_rows.fields = keyed_rows.first_fields;
    insert into pg_temp.incoming_problems (line, column_name, value, expected)
    select line, p_key[1], fields ->> p_key[1], format('no other row for it than line %s', first_line)
    from pg_temp.keyed_rows
    where fields <> first_fields;
    drop table pg_temp.keyed_rows;
end;
$$;

comment on function billing._check_rows (text[])
is 'Finds unreadable rows and rows that contradict an earlier one with the same key; drops exact repeats.';
