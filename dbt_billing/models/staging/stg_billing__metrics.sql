with source as (
    select * from {{ source('billing', 'metrics') }}
)

select
    metric_id,
    metric,
    to_jsonb(dimensions) as dimensions
from source
