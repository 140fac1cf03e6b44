create or replace function billing.months_between(p_from date, p_until date)
returns integer
language sql
immutable
parallel safe
security invoker
return (
    (extract(year from p_until) - extract(year from p_from)) * 12
    + extract(month from p_until) - extract(month from p_from)
)::integer;

comment on function billing.months_between (date, date)
is 'Months from the month of one day to the month of another, whatever the days.';
