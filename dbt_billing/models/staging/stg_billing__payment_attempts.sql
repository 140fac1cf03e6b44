select
    payment_attempt_id,
    invoice_id,
    attempt,
    state,
    decline_code,
    scheduled_on
from {{ source('billing', 'payment_attempts') }}
where scheduled_on <= {{ as_of() }}
