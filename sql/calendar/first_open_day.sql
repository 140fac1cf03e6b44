create or replace function billing.first_open_day()
returns date
language sql
stable
security invoker
as $$
select coalesce(billing.billing_period_end(max(period_start)), '-infinity')
from billing.month_closings
$$;

comment on function billing.first_open_day ()
is 'The day after the last closed month; -infinity while no month is closed. Nothing is dated before it.';
