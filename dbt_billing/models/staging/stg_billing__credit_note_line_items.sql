select
    credit_note_id,
    position,
    tax_treatment,
    tax_rate,
    tax_name,
    tax_country,
    tax_region,
    amount,
    tax
from {{ source('billing', 'credit_note_line_items') }}
