with runs as (
    select *
    from {{ ref('int_runs_dated') }}
    where is_closed
),

span as (
    select
        min(period_start) as first_run,
        max(period_start) as last_run
    from runs
),

-- What was due before the first run is nobody's.
months as (
    select generated.month::date as period_start
    from span
    cross join lateral generate_series(span.first_run, span.last_run, interval '1 month') as generated (month)
)

select months.period_start
from months
left join runs on months.period_start = runs.period_start
where runs.billing_run_id is null
