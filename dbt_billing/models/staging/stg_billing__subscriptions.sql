with source as (
    select * from {{ source('billing', 'subscriptions') }}
)

select
    subscription_id,
    customer_id,
    plan_id,
    metric_id,
    currency,
    quantity,
    starts_on,
    coalesce(ends_on, 'infinity') as ends_on,
    updated_at
from source
