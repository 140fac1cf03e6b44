with usage_days as (
    select * from {{ ref('int_usage_days_covered') }}
),

customer_months as (
    select * from {{ ref('int_customer_months_unbilled') }}
),

reasoned as (
    select
        usage_days.*,
        case
            when usage_days.subscription_id is null then 'no_active_subscription'
            else customer_months.reason
        end as reason
    from usage_days
    left join customer_months
        on
            usage_days.customer_id = customer_months.customer_id
            and usage_days.period_start = customer_months.period_start
)

select
    period_start,
    customer_id,
    metric_id,
    reason,
    sum(quantity) as quantity,
    array_agg(distinct usage_day) as usage_days,
    min(usage_day) as first_day,
    max(usage_day) as last_day
from reasoned
where reason is not null
group by
    period_start,
    customer_id,
    metric_id,
    reason
