create or replace function billing.active_days(
    p_starts_on date,
    p_ends_on date,
    p_period_start date
)
returns integer
language sql
immutable
parallel safe
security invoker
return greatest(
    0,
    least(coalesce(p_ends_on, date 'infinity'), billing.billing_period_end(p_period_start))
    - greatest(p_starts_on, p_period_start)
);

comment on function billing.active_days (date, date, date)
is 'Days of the month from p_period_start on which a subscription is active; p_ends_on is the first day it is not, null: open.';
