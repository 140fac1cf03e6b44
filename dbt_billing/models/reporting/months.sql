with runs as (
    select *
    from {{ ref('int_runs_dated') }}
    where is_closed
),

month_closings as (
    select * from {{ ref('stg_billing__month_closings') }}
),

subscription_phases as (
    select * from {{ ref('stg_billing__subscription_phases') }}
),

daily_usage as (
    select * from {{ ref('stg_billing__daily_usage') }}
),

first_days as (
    select
        least(
            (select min(daily_usage.usage_day) from daily_usage),
            (
                select min(subscription_phases.starts_on)
                from subscription_phases
                where subscription_phases.starts_on <= {{ as_of() }}
            ),
            (select min(runs.period_start) from runs)
        ) as first_day
),

months as (
    select month.starts_on::date as period_start
    from first_days
    cross join generate_series(
        date_trunc('month', first_days.first_day::timestamp),
        {{ as_of() }}::timestamp,
        interval '1 month'
    ) as month (starts_on)
)

select
    {{ period('months.period_start') }} as month,
    months.period_start as starts_on,
    (months.period_start + interval '1 month' - interval '1 day')::date as ends_on,
    months.period_start in (select runs.period_start from runs) as is_run,
    months.period_start in (select month_closings.period_start from month_closings) as is_closed,
    months.period_start
from months
