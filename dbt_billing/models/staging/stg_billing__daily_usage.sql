select
    customer_id,
    metric_id,
    quantity,
    usage_day
from {{ source('billing', 'daily_usage') }}
where usage_day <= {{ as_of() }}
