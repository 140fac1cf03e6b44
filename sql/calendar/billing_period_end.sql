create or replace function billing.billing_period_end(p_period_start date)
returns date
language sql
immutable
parallel safe
security invoker
return (p_period_start + interval '1 month')::date;

comment on function billing.billing_period_end (date)
is 'First day after the billing period that starts on p_period_start.';
