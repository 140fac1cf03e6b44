with daily_usage as (
    select *
    from {{ ref('stg_billing__daily_usage_recorded') }}
    where usage_day <= {{ as_of() }}
),

usage_keys as (
    select * from {{ ref('stg_billing__usage_keys') }}
),

metrics as (
    select * from {{ ref('stg_billing__metrics') }}
),

customers as (
    select * from {{ ref('stg_billing__customers') }}
),

months as (
    select month.starts_on::date as period_start
    from generate_series(
        (select date_trunc('month', min(first_usage.usage_day)::timestamp) from daily_usage as first_usage),
        {{ as_of() }}::timestamp,
        interval '1 month'
    ) as month (starts_on)
)

-- By the months there are, so that a report of one reads the days of that month only; offset keeps the planner to it.
select
    days.usage_day as day,
    customers.account_number,
    metrics.metric,
    usage_keys.dimensions,
    trim_scale(days.quantity) as quantity,
    days.events,
    months.period_start
from months
inner join lateral (
    select
        daily_usage.customer_id,
        daily_usage.metric_id,
        daily_usage.usage_key_id,
        daily_usage.usage_day,
        daily_usage.quantity,
        daily_usage.events
    from daily_usage
    where
        daily_usage.usage_day >= months.period_start
        and daily_usage.usage_day < (months.period_start + interval '1 month')::date
    offset 0 -- noqa: AM09
) as days on true
inner join usage_keys on days.usage_key_id = usage_keys.usage_key_id
inner join metrics on days.metric_id = metrics.metric_id
inner join customers on days.customer_id = customers.customer_id
