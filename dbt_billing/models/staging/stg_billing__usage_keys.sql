with source as (
    select * from {{ source('billing', 'usage_keys') }}
)

select
    usage_key_id,
    metric_id,
    dimensions
from source
