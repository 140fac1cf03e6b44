-- Months before the first run are nobody's, unless there was none yet.
create or replace function billing._months_to_bill(p_customer_id bigint, p_as_of date)
returns table (period_start date)
language sql
stable
security invoker
as $$
select month::date as period_start
from (
    select
        min(subscriptions.starts_on) as first_day,
        (select min(runs.period_start) from billing.billing_runs as runs where runs.closed_at is not null) as first_run
    from billing.subscriptions
    where subscriptions.customer_id = p_customer_id
) as beginnings
cross join lateral generate_series(
    greatest(date_trunc('month', beginnings.first_day::timestamp), beginnings.first_run),
    date_trunc('month', p_as_of::timestamp) - interval '1 month',
    interval '1 month'
) as month
where
    exists (
        select from billing.subscriptions
        where
            subscriptions.customer_id = p_customer_id
            and billing.active_days(
                p_starts_on => subscriptions.starts_on,
                p_ends_on => subscriptions.ends_on,
                p_period_start => month::date
            ) > 0
    )
    and not exists (
        select from billing.settled_periods as settled
        where settled.customer_id = p_customer_id and settled.period_start = month
    )
$$;

comment on function billing._months_to_bill (bigint, date)
is 'Months before that of p_as_of in which a customer had a subscription and which are not billed.';
