-- Due is a fee, usage that a subscription covers, or a minimum; usage nobody subscribed is in reporting.unbilled_usage,
-- whether its month was run or not. Reads daily_usage: roll up first.
create or replace function billing.months_not_run(p_period_start date)
returns table (
    period_start date,
    customers bigint
)
language sql
stable
security invoker
as $$
with closed as (
    select billing_runs.period_start
    from billing.billing_runs
    where billing_runs.closed_at is not null
),

months as (
    select month::date as period_start
    from (
        select
            min(closed.period_start) as first_run,
            greatest(max(closed.period_start), p_period_start) as last_run
        from closed
    ) as runs
    cross join lateral generate_series(
        runs.first_run + interval '1 month', runs.last_run - interval '1 month', interval '1 month'
    ) as month
    where
        month::date is distinct from p_period_start
        and not exists (select from closed where closed.period_start = month)
)

select
    months.period_start,
    count(distinct due.customer_id) as customers
from months
cross join lateral (
    select services.customer_id
    from billing.services_due(
        p_after => months.period_start,
        p_until => billing.billing_period_end(months.period_start)
    ) as services
    where
        services.metric_id is null
        or exists (
            select from billing.daily_usage
            where
                daily_usage.customer_id = services.customer_id
                and daily_usage.metric_id = services.metric_id
                and daily_usage.quantity > 0
                and daily_usage.usage_day >= services.first_day
                and daily_usage.usage_day < services.end_day
        )
    union all
    select periods.customer_id
    from billing.commitment_periods(billing.billing_period_end(months.period_start)) as periods
    inner join billing.commitments using (commitment_id)
    where
        commitments.minimum > 0
        and periods.period_end > months.period_start
) as due
group by months.period_start
$$;

comment on function billing.months_not_run (date)
is 'Months with something due between the first closed run and the last, or the one of p_period_start (itself left out, null for none), that were never run.';
