select
    credit_note_id,
    invoice_id,
    credit_note_number,
    reason,
    currency,
    minor_units,
    customer_snapshot ->> 'country' as country,
    customer_snapshot ->> 'region' as region,
    subtotal,
    tax,
    amount,
    issued_on
from {{ source('billing', 'credit_notes') }}
where issued_on <= {{ as_of() }}
