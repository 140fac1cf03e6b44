create or replace function billing.services_due(p_after date, p_until date)
returns table (
    subscription_id bigint,
    customer_id bigint,
    metric_id integer,
    first_day date,
    end_day date,
    due_on date
)
language sql
stable
parallel safe
security invoker
as $$
select
    services.subscription_id,
    services.customer_id,
    services.metric_id,
    services.first_day,
    services.end_day,
    services.due_on
from (
    select
        spans.subscription_id,
        spans.customer_id,
        spans.metric_id,
        min(greatest(phases.starts_on, bounds.period_start)) as first_day,
        max(least(coalesce(phases.ends_on, 'infinity'), bounds.period_end)) as end_day,
        case spans.billed_in
            when 'advance' then min(greatest(phases.starts_on, bounds.period_start))
            else least(bounds.period_end, spans.ends_on)
        end as due_on
    from billing.subscription_spans as spans
    cross join lateral billing.service_periods(
        p_anchor_on => spans.anchor_on,
        p_interval_months => spans.interval_months,
        p_from => greatest(p_after - 1, spans.starts_on),
        p_until => least(p_until, spans.ends_on)
    ) as bounds
    inner join billing.subscription_phases as phases
        on
            spans.subscription_id = phases.subscription_id
            and bounds.period_start < coalesce(phases.ends_on, 'infinity')
            and bounds.period_end > phases.starts_on
    where
        not phases.is_trial
        and spans.ends_on > p_after - 1
        and spans.starts_on <= p_until
        and coalesce(phases.ends_on, 'infinity') > phases.starts_on
    group by
        spans.subscription_id,
        spans.customer_id,
        spans.metric_id,
        spans.billed_in,
        spans.ends_on,
        bounds.period_start,
        bounds.period_end
) as services
where
    services.due_on > p_after
    and services.due_on <= p_until
$$;

comment on function billing.services_due (date, date)
is 'Service periods of subscriptions that fall due after a day and up to another, with the days of theirs that are no trial.';
