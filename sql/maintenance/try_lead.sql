create or replace function billing.try_lead()
returns boolean
language sql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
select pg_try_advisory_lock(hashtext('billing schedule'))
$$;

comment on function billing.try_lead ()
is 'Whether this session leads the schedules of the database: the first to ask does, until its connection ends.';
