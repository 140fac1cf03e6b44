select
    payment_application_id,
    payment_id,
    invoice_id,
    amount,
    applied_on
from {{ source('billing', 'payment_applications') }}
where applied_on <= {{ as_of() }}
