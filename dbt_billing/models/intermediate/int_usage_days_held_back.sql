with customer_months as (
    select
        *,
        (period_start + interval '1 month')::date as period_end
    from {{ ref('int_customer_months_unbilled') }}
),

daily_usage as (
    select * from {{ ref('stg_billing__daily_usage') }}
),

uncounted as (
    select * from {{ ref('int_usage_days_uncounted') }}
),

subscriptions as (
    select * from {{ ref('stg_billing__subscriptions') }}
),

-- Lateral and in order, which keeps the planner from reading every day: each month is looked up in the index.
usage_days as (
    select
        customer_months.period_start,
        customer_months.customer_id,
        days.metric_id,
        customer_months.reason,
        days.quantity,
        days.usage_day
    from customer_months
    inner join lateral (
        select
            daily_usage.metric_id,
            daily_usage.quantity,
            daily_usage.usage_day
        from daily_usage
        where
            daily_usage.customer_id = customer_months.customer_id
            and daily_usage.usage_day >= customer_months.period_start
            and daily_usage.usage_day < customer_months.period_end
        order by
            daily_usage.metric_id,
            daily_usage.usage_day
    ) as days on true
    union all
    select
        customer_months.period_start,
        customer_months.customer_id,
        uncounted.metric_id,
        customer_months.reason,
        uncounted.quantity,
        uncounted.usage_day
    from customer_months
    inner join uncounted
        on
            customer_months.customer_id = uncounted.customer_id
            and customer_months.period_start = uncounted.period_start
)

select usage_days.*
from usage_days
inner join subscriptions
    on
        usage_days.customer_id = subscriptions.customer_id
        and usage_days.metric_id = subscriptions.metric_id
        and usage_days.usage_day >= subscriptions.starts_on
        and usage_days.usage_day < subscriptions.ends_on
