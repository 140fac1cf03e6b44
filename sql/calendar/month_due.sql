create or replace function billing.month_due(p_due_on date)
returns date
language sql
immutable
parallel safe
security invoker
return date_trunc('month', (p_due_on - 1)::timestamp)::date;

comment on function billing.month_due (date)
is 'First day of the month whose run bills what is due on a day: it bills what falls due after its first day, up to the first of the next month.';
