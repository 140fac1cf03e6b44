create or replace function billing.usage_services(p_from date, p_until date)
returns table (
    service_key text,
    subscription_id bigint,
    customer_id bigint,
    metric_id integer,
    plan_id bigint,
    is_trial boolean,
    first_day date,
    end_day date,
    due_month date
)
language sql
stable
parallel safe
security invoker
as $$
select
    billing.service_key('s', spans.subscription_id, bounds.period_start) as service_key,
    spans.subscription_id,
    spans.customer_id,
    spans.metric_id,
    phases.plan_id,
    phases.is_trial,
    greatest(phases.starts_on, bounds.period_start) as first_day,
    least(coalesce(phases.ends_on, 'infinity'), bounds.period_end) as end_day,
    billing.month_due(least(bounds.period_end, spans.ends_on)) as due_month
from billing.subscription_spans as spans
cross join lateral billing.service_periods(
    p_anchor_on => spans.anchor_on,
    p_interval_months => spans.interval_months,
    p_from => greatest(p_from, spans.starts_on),
    p_until => least(p_until, spans.ends_on)
) as bounds
inner join billing.subscription_phases as phases
    on
        spans.subscription_id = phases.subscription_id
        and bounds.period_start < coalesce(phases.ends_on, 'infinity')
        and bounds.period_end > phases.starts_on
where
    spans.metric_id is not null
    and spans.ends_on > p_from
    and spans.starts_on < p_until
    and coalesce(phases.ends_on, 'infinity') > phases.starts_on
$$;

comment on function billing.usage_services (date, date)
is 'Phases of usage subscriptions in the service periods that have days from p_from until before p_until, and the month whose run bills each.';
