create or replace function billing.is_closed(p_period_start date)
returns boolean
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
select p_period_start < billing.first_open_day()
$$;

comment on function billing.is_closed (date)
is 'Whether the books of the month of a day are closed.';
