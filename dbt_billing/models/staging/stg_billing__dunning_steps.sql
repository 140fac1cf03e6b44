select
    invoice_id,
    day_zero,
    day,
    taken_on
from {{ source('billing', 'dunning_steps') }}
