-- Makes the session's staging tables, or empties them: incoming_rows, into which a file is copied, and
-- incoming_problems, which the load functions fill. They are private to the session, so public may insert. What is in
-- incoming_warnings, and in incoming_changes (rows that are new or changed, of a customer or of a plan of all), stays
-- until the transaction ends: it is read once, for all files of a load.
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
        create temporary table incoming_changes (
            file text not null,
            line bigint not null,
            customer_id bigint,
            plan_id bigint
        ) on commit delete rows;
        grant insert on pg_temp.incoming_rows to public;
    end if;
    perform billing.require_staging(
        array['incoming_rows', 'incoming_problems', 'incoming_warnings', 'incoming_changes']
    );
    delete from pg_temp.incoming_rows;
    delete from pg_temp.incoming_problems;
end;
$$;

comment on function billing.begin_file ()
is 'Prepares pg_temp.incoming_rows (line, fields, unreadable) for COPY: one row per row of a catalog file.';

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

-- Rows that are one thing together (a price, the phases of a subscription) are loaded together or not at all.
create or replace function billing._spoil_groups(p_key text[], p_expected text)
returns void
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
    insert into pg_temp.incoming_problems (line, column_name, value, expected)
    with keyed as materialized (
        select
            rows.line,
            rows.fields,
            (select jsonb_agg(rows.fields -> key order by key) from unnest(p_key) as names (key)) as group_key,
            rows.line in (select problems.line from pg_temp.incoming_problems as problems) as is_bad
        from pg_temp.incoming_rows as rows
        where rows.fields ? p_key[1]
    )

    select
        good.line,
        p_key[1],
        good.fields ->> p_key[1],
        format(p_expected || ': see line %s', min(bad.line))
    from keyed as good
    inner join keyed as bad using (group_key)
    where not good.is_bad and bad.is_bad
    group by good.line, good.fields;
end;
$$;

comment on function billing._spoil_groups (text[], text)
is 'Makes good rows bad that have a bad one beside them with the same key; rows without its first column have no others.';

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

-- Names no column, so that a new one is loaded without a word here: the rows have all of the table's but identities,
-- the times of a row, and p_own, which are the program's own. p_key is never null and says which stored row is meant;
-- new rows are added in its order, shorter codes first. Idempotent: a row that says what is stored already is not
-- touched. Long for its two statements.
create or replace function billing._write_rows(p_table text, p_key text[], p_incoming text, p_own text[])
returns table (
    added bigint,
    changed text[]
)
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
    v_columns text;
    v_stored text;
    v_incoming text;
    v_stamp text;
    v_same text := (
        select string_agg(format('stored.%1$I = incoming.%1$I', name), ' and ') from unnest(p_key) as keys (name)
    );
    v_order text := (
        select string_agg(
            format('length(incoming.%1$I::text), incoming.%1$I::text collate "C"', name), ', ' order by place
        )
        from unnest(p_key) with ordinality as keys (name, place)
    );
begin
    select
        string_agg(format('%I', attname), ', ' order by attnum) filter (where is_of_the_file),
        string_agg(format('stored.%I', attname), ', ' order by attnum) filter (where is_of_the_file),
        string_agg(format('incoming.%I', attname), ', ' order by attnum) filter (where is_of_the_file),
        max(', updated_at = now()') filter (where attname = 'updated_at')
    into strict v_columns, v_stored, v_incoming, v_stamp
    from pg_attribute
    cross join lateral (
        select attidentity = '' and attname <> all (array['created_at', 'updated_at'] || p_own)
    ) as columns (is_of_the_file)
    where
        attrelid = format('billing.%I', p_table)::regclass
        and attnum > 0
        and not attisdropped;

    execute format(
        $sql$
            with changing as (
                update billing.%1$I as stored
                set (%2$s) = row(%4$s)%5$s
                from billing.%6$I() as incoming
                where %7$s and row(%3$s) is distinct from row(%4$s)
                returning stored.%8$I::text as key
            )

            select coalesce(array_agg(key), '{}') from changing
        $sql$,
        p_table, v_columns, v_stored, v_incoming, v_stamp, p_incoming, v_same, p_key[cardinality(p_key)]
    )
    into changed;

    execute format(
        $sql$
            insert into billing.%1$I (%2$s)
            select %3$s
            from billing.%4$I() as incoming
            where not exists (select from billing.%1$I as stored where %5$s)
            order by %6$s
        $sql$,
        p_table, v_columns, v_incoming, p_incoming, v_same, v_order
    );
    get diagnostics added = row_count;

    if 'customer_id' = any(p_key) then
        execute format(
            $sql$
                insert into pg_temp.incoming_changes (file, line, customer_id)
                select %1$L, incoming.line, incoming.customer_id
                from billing.%2$I() as incoming
                inner join billing.%3$I as stored on %4$s
                where now() in (stored.created_at, stored.updated_at)
            $sql$,
            p_table || '.csv', p_incoming, p_table, v_same
        );
    end if;
    return next;
end;
$$;

comment on function billing._write_rows (text, text[], text, text[])
is 'Adds and changes the rows of a table as a function gives them: how many were added, the keys (the last column of one) of the changed ones. Those of customers are noted in pg_temp.incoming_changes, too.';

create or replace function billing._resend_refused_emails()
returns void
language sql
volatile
security invoker
as $$
update billing.emails
set
    state = 'queued',
    refusal = null,
    to_address = present.address
from billing.refused_emails() as refused
inner join billing.customers using (customer_id)
cross join billing.seller_profiles
cross join lateral (
    select
        case
            when refused.template = 'manual_review' then seller_profiles.email
            else customers.billing_email
        end as address
) as present
where emails.email_id = refused.email_id and present.address <> refused.to_address
$$;

comment on function billing._resend_refused_emails ()
is 'Puts e-mails that were refused back into the outbox where the customer, or finance, now has another address.';
