with source as (
    select * from {{ source('billing', 'metrics') }}
)

select
    metric_id,
    metric
from source
