select
    subscription_id,
    customer_id,
    plan_id,
    metric_id,
    quantity,
    is_trial,
    starts_on,
    coalesce(ends_on, 'infinity') as ends_on
from {{ source('billing', 'subscription_phases') }}
where coalesce(ends_on > starts_on, true)
