select
    subscription_id,
    customer_id,
    metric_id,
    subscription,
    currency,
    interval_months,
    billed_in,
    anchor_on,
    prices_as_of
from {{ source('billing', 'subscriptions') }}
