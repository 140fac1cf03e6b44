-- Phases of the same plan and quantity that follow each other without a gap are one. A segment is what a phase has of a
-- service period.
-- Subscriptions of the same anchor and interval have the same periods, which are made once.
-- Long for phases, periods and their crossing in one statement.
create or replace function billing._cut_segments(p_until date, p_used_until date)
returns void
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
    insert into pg_temp.rated_segments
    with marked as (
        select
            phases.*,
            phases.starts_on is not distinct from lag(phases.ends_on) over up_to
            and (phases.plan_id, phases.quantity, phases.is_trial)
            = (lag(phases.plan_id) over up_to, lag(phases.quantity) over up_to, lag(phases.is_trial) over up_to)
            as is_continued
        from billing.subscription_phases as phases
        inner join pg_temp.rating_scopes using (customer_id)
        where phases.ends_on is null or phases.ends_on > phases.starts_on
        window up_to as (partition by phases.subscription_id order by phases.starts_on)
    ),

    numbered as (
        select
            marked.*,
            count(*) filter (where marked.is_continued is not true) over (
                partition by marked.subscription_id order by marked.starts_on
            ) as island
        from marked
    ),

    phases as (
        select
            numbered.subscription_id,
            numbered.plan_id,
            numbered.quantity,
            numbered.is_trial,
            min(numbered.starts_on) as starts_on,
            max(coalesce(numbered.ends_on, 'infinity')) as ends_on
        from numbered
        group by
            numbered.subscription_id,
            numbered.island,
            numbered.plan_id,
            numbered.quantity,
            numbered.is_trial
    ),

    spans as (
        select
            spans.*,
            greatest(scopes.rated_from, spans.starts_on) as rated_from
        from billing.subscription_spans as spans
        inner join pg_temp.rating_scopes as scopes using (customer_id)
        where spans.starts_on <= p_until
    ),

    bounds as materialized (
        select
            rhythms.anchor_on,
            rhythms.interval_months,
            bounds.period_start,
            bounds.period_end
        from (
            select
                spans.anchor_on,
                spans.interval_months,
                min(spans.rated_from) as rated_from
            from spans
            group by
                spans.anchor_on,
                spans.interval_months
        ) as rhythms
        cross join lateral billing.service_periods(
            p_anchor_on => rhythms.anchor_on,
            p_interval_months => rhythms.interval_months,
            p_from => rhythms.rated_from,
            p_until => p_until
        ) as bounds
    ),

    periods as (
        select
            spans.*,
            bounds.period_start,
            bounds.period_end
        from spans
        inner join bounds using (anchor_on, interval_months)
        where
            bounds.period_end > spans.rated_from
            and bounds.period_start <= spans.ends_on
            and (bounds.period_start < p_until or spans.billed_in = 'advance')
    )

    select
        periods.subscription_id,
        periods.customer_id,
        periods.metric_id,
        periods.period_start,
        periods.period_end,
        nullif(periods.ends_on, 'infinity') as ends_on,
        periods.interval_months,
        periods.billed_in,
        periods.prices_as_of,
        periods.currency,
        phases.plan_id,
        phases.quantity,
        phases.is_trial,
        greatest(phases.starts_on, periods.period_start) as first_day,
        least(
            phases.ends_on, periods.period_end, case when periods.metric_id is not null then p_used_until end
        ) as end_day
    from periods
    inner join phases
        on
            periods.subscription_id = phases.subscription_id
            and periods.period_start < phases.ends_on
            and periods.period_end > phases.starts_on;
end;
$$;

comment on function billing._cut_segments (date, date)
is 'First step: service periods of the scopes that begin by p_until, cut into the phases that each has days of; of usage up to p_used_until, where it is given.';
