with source as (
    select * from {{ source('billing', 'daily_usage') }}
)

select
    customer_id,
    metric_id,
    quantity,
    usage_day
from source
where usage_day <= {{ as_of() }}
