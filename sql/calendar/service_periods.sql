-- Each bound is computed from the anchor: 31 January, 28 February, 31 March. Plain SQL without settings, so that the
-- planner inlines it.
create or replace function billing.service_periods(
    p_anchor_on date,
    p_interval_months integer,
    p_from date,
    p_until date
)
returns table (
    period_start date,
    period_end date
)
language sql
immutable
parallel safe
security invoker
as $$
select
    bounds.period_start,
    bounds.period_end
from generate_series(
    floor(billing.months_between(p_anchor_on, p_from)::numeric / p_interval_months)::integer
    - (extract(day from p_anchor_on) > extract(day from p_from))::integer,
    floor(billing.months_between(p_anchor_on, p_until)::numeric / p_interval_months)::integer
) as period (k)
cross join lateral (
    select
        (p_anchor_on + make_interval(months => period.k * p_interval_months))::date as period_start,
        (p_anchor_on + make_interval(months => (period.k + 1) * p_interval_months))::date as period_end
) as bounds
where bounds.period_end > p_from and bounds.period_start <= p_until
$$;

comment on function billing.service_periods (date, integer, date, date)
is 'Service periods that end after p_from and begin by p_until: from the anchor on, and every interval before and after.';
