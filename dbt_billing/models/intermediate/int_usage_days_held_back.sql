with services as (
    select * from {{ ref('int_services_held_back') }}
),

daily_usage as (
    select * from {{ ref('stg_billing__daily_usage') }}
),

uncounted as (
    select * from {{ ref('int_usage_days_uncounted') }}
)

-- Lateral and in order, which keeps the planner from reading every day: each service is looked up in the index.
select
    services.customer_id,
    services.metric_id,
    services.reason,
    days.quantity,
    days.usage_day
from services
inner join lateral (
    select
        daily_usage.quantity,
        daily_usage.usage_day
    from daily_usage
    where
        daily_usage.customer_id = services.customer_id
        and daily_usage.metric_id = services.metric_id
        and daily_usage.usage_day >= services.starts_on
        and daily_usage.usage_day < services.ends_on
    order by daily_usage.usage_day
) as days on true
union all
select
    services.customer_id,
    services.metric_id,
    services.reason,
    uncounted.quantity,
    uncounted.usage_day
from services
inner join uncounted
    on
        services.customer_id = uncounted.customer_id
        and services.metric_id = uncounted.metric_id
        and services.starts_on <= uncounted.usage_day
        and services.ends_on > uncounted.usage_day
