select
    customer_id,
    metric_id,
    txid,
    quantity,
    {{ local_day('occurred_at') }} as usage_day,
    occurred_at
from {{ source('billing', 'billing_events') }}
where {{ local_day('occurred_at') }} <= {{ as_of() }}
