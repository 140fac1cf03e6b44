select
    charge_id,
    customer_id,
    charge_code,
    currency,
    quantity,
    unit_amount,
    due_on,
    coalesce(service_start, due_on) as service_start,
    coalesce(service_end, due_on + 1) as service_end
from {{ source('billing', 'charges') }}
