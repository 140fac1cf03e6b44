create or replace function billing.parked_customers(p_period_start date)
returns table (
    account_number text,
    reason text
)
language sql
stable
security invoker
as $$
select
    customers.account_number,
    outcomes.reason
from billing.billing_run_customers as outcomes
inner join billing.billing_runs using (billing_run_id)
inner join billing.customers using (customer_id)
where
    billing_runs.period_start = p_period_start
    and outcomes.outcome = 'parked'
order by
    length(customers.account_number),
    customers.account_number collate "C"
$$;

comment on function billing.parked_customers (date)
is 'Customers the run of the month could not bill, with the reason.';
