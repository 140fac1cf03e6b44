-- What somebody who may make temporary objects prepares before he calls a function of the engine: his own types,
-- functions, operators, casts, relations, all under names the engine uses. Whatever of it runs with other rights than
-- his counts up pg_temp.escaped, which no rollback takes back.
create temporary sequence escaped;
grant all on sequence pg_temp.escaped to public;

create function pg_temp.spy() returns boolean language plpgsql as $f$
begin
    if current_user <> session_user then
        perform pg_catalog.nextval('pg_temp.escaped');
    end if;
    return true;
end;
$f$;

create function pg_temp.try(p_statement text) returns void language plpgsql as $f$
begin
    execute p_statement;
exception
    when others then null;
end;
$f$;

-- Functions and operators, by the names that the engine calls, before there are types that would hide the real ones.
select
    pg_temp.try(format(
        'create function pg_temp.%I(%s) returns %s language plpgsql as $x$ begin perform pg_temp.spy(); return null; end $x$',
        proname,
        (
            select string_agg(format('pg_catalog.%I', typname), ', ' order by ordinality)
            from unnest(proargtypes) with ordinality as given (argument, ordinality)
            inner join pg_type on pg_type.oid = argument
        ),
        (select format('pg_catalog.%I', typname) from pg_type where pg_type.oid = prorettype)
    ))
from pg_proc
where
    pronamespace = 'pg_catalog'::regnamespace
    and prokind = 'f'
    and proname in (
        select (regexp_matches(prosrc, '\m([a-z_0-9]+)\(', 'g'))[1]
        from pg_proc
        where pronamespace = 'billing'::regnamespace
    );

select
    pg_temp.try(format(
        'create function pg_temp.operator_%s(pg_catalog.%I, pg_catalog.%I) returns pg_catalog.%I
        language plpgsql as $x$ begin perform pg_temp.spy(); return null; end $x$',
        pg_operator.oid, lefts.typname, rights.typname, results.typname
    )),
    pg_temp.try(format(
        'create operator pg_temp.%s (leftarg = pg_catalog.%I, rightarg = pg_catalog.%I, function = pg_temp.operator_%s)',
        oprname, lefts.typname, rights.typname, pg_operator.oid
    ))
from pg_operator
inner join pg_type as lefts on lefts.oid = oprleft
inner join pg_type as rights on rights.oid = oprright
inner join pg_type as results on results.oid = oprresult
where
    oprname in ('=', '<>', '<', '>', '<=', '>=', '||', '+', '-', '*', '/', '->', '->>', '&&', '@>')
    and lefts.typname in ('text', 'date', 'int4', 'int8', 'numeric', 'jsonb', 'timestamptz', 'bytea', 'daterange')
    and lefts.typtype in ('b', 'r');

create type pg_temp.mine as enum ('2026-01-01');
create function pg_temp.mine_as_date(pg_temp.mine) returns pg_catalog.date language plpgsql as $f$
begin
    perform pg_temp.spy();
    return null;
end;
$f$;
create cast (pg_temp.mine as pg_catalog.date) with function pg_temp.mine_as_date(pg_temp.mine) as implicit;

-- Relations: every one of the engine's, and every name that follows from, join, into or update without a schema.
select pg_temp.try(format('create temporary view %I as select pg_temp.spy() as spied', name)),
    pg_temp.try(format('grant all on pg_temp.%I to public', name))
from (
    select relname::text as name from pg_class where relnamespace = 'billing'::regnamespace and relkind in ('r', 'p', 'v')
    union
    select (regexp_matches(prosrc, '\m(?:from|join|into|update|using)\s+([a-z_]+)\M(?!\.)', 'g'))[1]
    from pg_proc
    where pronamespace = 'billing'::regnamespace
) as names
where name not in (
    'incoming_rows', 'incoming_problems', 'incoming_events', 'incoming_event_problems', 'checked_events',
    'standing_events', 'new_events'
);

-- Types last: a domain under the name of each type there is.
select pg_temp.try(format('create domain pg_temp.%I as pg_catalog.%1$I constraint spied check (pg_temp.spy())', typname))
from pg_catalog.pg_type
where typnamespace = 'pg_catalog'::pg_catalog.regnamespace and typtype in ('b', 'r', 'm') and typname !~ '^_';
