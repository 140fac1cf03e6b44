create or replace function billing._broken_guards()
returns table (
    invariant text,
    subject text,
    detail text
)
language sql
stable
security invoker
as $$
select
    'the guards are on' as invariant,
    format('trigger %s on %s', pg_trigger.tgname, pg_class.relname) as subject,
    'it is disabled' as detail
from pg_catalog.pg_trigger
inner join pg_catalog.pg_class on pg_trigger.tgrelid = pg_class.oid
where
    pg_class.relnamespace = 'billing'::regnamespace
    and pg_trigger.tgenabled in ('D', 'R')
union all
select
    'the guards are on' as invariant,
    format('constraint %s on %s', pg_constraint.conname, pg_class.relname) as subject,
    'it is not validated' as detail
from pg_catalog.pg_constraint
inner join pg_catalog.pg_class on pg_constraint.conrelid = pg_class.oid
where
    pg_class.relnamespace = 'billing'::regnamespace
    and not pg_constraint.convalidated
$$;

comment on function billing._broken_guards ()
is 'Triggers that are switched off and constraints that do not hold for all rows.';
