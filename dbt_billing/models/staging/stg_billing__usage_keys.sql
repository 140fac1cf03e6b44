select
    usage_key_id,
    metric_id,
    dimensions
from {{ source('billing', 'usage_keys') }}
