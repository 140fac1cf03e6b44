select
    period_start,
    closed_on
from {{ source('billing', 'month_closings') }}
where closed_on <= {{ as_of() }}
