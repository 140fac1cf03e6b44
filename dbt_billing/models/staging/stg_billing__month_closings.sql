with source as (
    select * from {{ source('billing', 'month_closings') }}
)

select
    period_start,
    closed_on
from source
where closed_on <= {{ as_of() }}
