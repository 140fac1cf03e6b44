create or replace function billing._last_closed_month()
returns date
language sql
stable
security invoker
as $$
select max(period_start) from billing.month_closings
$$;

comment on function billing._last_closed_month ()
is 'First day of the last closed month; null while none is.';
