with source as (
    select * from {{ source('billing', 'subscription_phases') }}
)

select
    subscription_id,
    customer_id,
    plan_id,
    metric_id,
    quantity,
    is_trial,
    starts_on,
    coalesce(ends_on, 'infinity') as ends_on
from source
where coalesce(ends_on > starts_on, true)
