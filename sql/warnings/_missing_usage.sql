-- A file of events that was forgotten. One event of the month is enough: who stopped using what they subscribe is in
-- reporting.churn_risk. Reads daily_usage: roll up first.
create or replace function billing._missing_usage(p_period_start date)
returns table (
    previous_start date,
    previous_events bigint,
    customers bigint
)
language sql
stable
security invoker
as $$
select
    previous.period_start as previous_start,
    used.events::bigint as previous_events,
    subscribed.customers
from (select (p_period_start - interval '1 month')::date as period_start) as previous
cross join lateral (
    select sum(daily_usage.events) as events
    from billing.daily_usage
    where daily_usage.usage_day >= previous.period_start and daily_usage.usage_day < p_period_start
) as used
cross join lateral (
    select count(distinct phases.customer_id) as customers
    from billing.subscription_phases as phases
    where
        phases.metric_id is not null
        and not isempty(
            daterange(phases.starts_on, phases.ends_on)
            * daterange(p_period_start, billing.billing_period_end(p_period_start))
        )
) as subscribed
where
    billing.billing_period_end(p_period_start) <= (select billing.reporting_date())
    and used.events > 0
    and subscribed.customers > 0
    and not exists (
        select from billing.daily_usage
        where
            daily_usage.usage_day >= p_period_start
            and daily_usage.usage_day < billing.billing_period_end(p_period_start)
    )
$$;

comment on function billing._missing_usage (date)
is 'One row if a month that is over has no usage events at all, though usage plans are subscribed and the month before had some.';
