with service_periods as (
    select * from {{ ref('assurance_service_periods') }}
),

phases as (
    select * from {{ ref('stg_billing__subscription_phases') }}
    where not is_trial
),

-- Of the same plan and quantity without a gap between them they are one.
joined as (
    select
        subscription_id,
        plan_id,
        quantity,
        unnest(range_agg(daterange(starts_on, ends_on))) as days
    from phases
    group by
        subscription_id,
        plan_id,
        quantity
),

cut as (
    select
        service_periods.*,
        joined.plan_id,
        joined.quantity,
        joined.days * daterange(service_periods.period_start, service_periods.period_end) as days
    from service_periods
    inner join joined
        on
            service_periods.subscription_id = joined.subscription_id
            and joined.days && daterange(service_periods.period_start, service_periods.period_end)
)

select
    service_key,
    customer_id,
    subscription_id,
    plan_id,
    metric_id,
    currency,
    quantity,
    period_start,
    period_end,
    due_on,
    lower(days) as starts_on,
    upper(days) as ends_on,
    min(lower(days)) over (partition by service_key, plan_id) as first_day,
    coalesce(prices_as_of, min(lower(days)) over (partition by service_key, plan_id)) as price_day
from cut
