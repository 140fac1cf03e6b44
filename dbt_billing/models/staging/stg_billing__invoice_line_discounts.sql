select
    invoice_id,
    position,
    discount_id,
    amount
from {{ source('billing', 'invoice_line_discounts') }}
