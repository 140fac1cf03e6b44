create or replace function billing.subscription_usage(p_period_start date)
returns table (
    customer_id bigint,
    subscription_id bigint,
    plan_id bigint,
    quantity numeric
)
language sql
stable
parallel safe
security invoker
as $$
select
    subscriptions.customer_id,
    subscriptions.subscription_id,
    subscriptions.plan_id,
    sum(daily_usage.quantity) as quantity
from billing.subscriptions
inner join billing.daily_usage
    on
        subscriptions.customer_id = daily_usage.customer_id
        and subscriptions.metric_id = daily_usage.metric_id
        and daily_usage.usage_day >= subscriptions.starts_on
        and daily_usage.usage_day < coalesce(subscriptions.ends_on, 'infinity')
where
    daily_usage.usage_day >= p_period_start
    and daily_usage.usage_day < billing.billing_period_end(p_period_start)
group by
    subscriptions.customer_id,
    subscriptions.subscription_id,
    subscriptions.plan_id
having sum(daily_usage.quantity) > 0
$$;

comment on function billing.subscription_usage (date)
is 'Units each usage subscription used in the month from p_period_start, on the days it was active.';
