select
    period_start,
    customer_id,
    currency,
    amount
from {{ source('billing', 'month_accruals') }}
