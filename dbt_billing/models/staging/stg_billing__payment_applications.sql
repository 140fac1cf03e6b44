with source as (
    select * from {{ source('billing', 'payment_applications') }}
)

select
    payment_application_id,
    payment_id,
    invoice_id,
    amount,
    applied_on
from source
where applied_on <= {{ as_of() }}
