create or replace function billing.commitment_periods(p_until date)
returns table (
    commitment_id bigint,
    customer_id bigint,
    period_start date,
    period_end date,
    covered_days integer
)
language sql
stable
parallel safe
security invoker
as $$
select
    commitments.commitment_id,
    commitments.customer_id,
    bounds.period_start,
    bounds.period_end,
    least(coalesce(commitments.ends_on, 'infinity'), bounds.period_end)
    - greatest(commitments.starts_on, bounds.period_start) as covered_days
from billing.commitments
cross join lateral generate_series(
    0,
    billing.months_between(commitments.starts_on, p_until) - commitments.interval_months,
    commitments.interval_months
) as months (since)
cross join lateral (
    select
        (first_month.day + make_interval(months => months.since))::date as period_start,
        (first_month.day + make_interval(months => months.since + commitments.interval_months))::date as period_end
    from (select date_trunc('month', commitments.starts_on::timestamp) as day) as first_month
) as bounds
where
    bounds.period_start < coalesce(commitments.ends_on, 'infinity')
    and commitments.starts_on < coalesce(commitments.ends_on, 'infinity')
    and bounds.period_end <= p_until
$$;

comment on function billing.commitment_periods (date)
is 'Periods of every commitment that have ended by p_until, with the days of each that it covers.';
