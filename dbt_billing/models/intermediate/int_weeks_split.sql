with runs as (
    select * from {{ ref('int_runs_dated') }}
),

-- The trend begins with the first month billed; before any run, with the present month.
first_days as (
    select coalesce(min(period_start), {{ period_start(as_of()) }}) as first_day
    from runs
),

days as (
    select day::date as day
    from first_days
    cross join generate_series(
        first_day::timestamp,
        {{ as_of() }},
        interval '1 day'
    ) as day
)

select
    {{ week('day') }} as week,
    {{ period_start('day') }} as period_start,
    min(day) as starts_on,
    max(day) + 1 as ends_on,
    ({{ period_start('day') }} + interval '1 month')::date - {{ period_start('day') }} as period_days
from days
group by
    {{ week('day') }},
    {{ period_start('day') }}
