select
    customer_id,
    metric_id,
    usage_key_id,
    quantity,
    events,
    usage_day
from {{ source('billing', 'daily_usage') }}
