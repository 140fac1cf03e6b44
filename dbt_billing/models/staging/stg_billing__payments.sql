select
    payment_id,
    customer_id,
    bank_transaction_id,
    invoice_id,
    payment_reversal_id,
    currency,
    method,
    reference,
    minor_units,
    amount,
    received_on,
    booked_on
from {{ source('billing', 'payments') }}
where booked_on <= {{ as_of() }}
