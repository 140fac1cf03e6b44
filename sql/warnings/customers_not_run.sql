-- A customer is noted as skipped by the run of a month; a subscription that is loaded for it later takes that back
-- (reopen_skipped_months), and nobody looks at the month until it is run again.
create or replace function billing.customers_not_run(p_but_in date)
returns table (
    account_number text,
    period_start date
)
language sql
stable
security invoker
as $$
select
    customers.account_number,
    runs.period_start
from billing.billing_runs as runs
inner join billing.customers
    on not exists (
        select from billing.billing_run_customers as outcomes
        where
            outcomes.billing_run_id = runs.billing_run_id
            and outcomes.customer_id = customers.customer_id
    )
where
    runs.closed_at is not null
    and runs.period_start is distinct from p_but_in
    and billing.billing_period_end(runs.period_start) <= (select billing.reporting_date())
    and exists (
        select from billing.subscriptions
        where
            subscriptions.customer_id = customers.customer_id
            and billing.active_days(
                p_starts_on => subscriptions.starts_on,
                p_ends_on => subscriptions.ends_on,
                p_period_start => runs.period_start
            ) > 0
    )
$$;

comment on function billing.customers_not_run (date)
is 'Customers with a subscription in a month that was run before they had it, in any month but one (p_but_in; null: in all): running it again bills them.';
