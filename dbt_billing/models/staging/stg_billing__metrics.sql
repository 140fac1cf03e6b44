select
    metric_id,
    metric,
    to_jsonb(dimensions) as dimensions
from {{ source('billing', 'metrics') }}
