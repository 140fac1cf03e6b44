select
    period_start,
    week,
    currency,
    amount,
    is_of_new_customers
from {{ source('billing', 'accrued_weeks') }}
