with source as (
    select * from {{ source('billing', 'payments') }}
)

select
    payment_id,
    customer_id,
    bank_transaction_id,
    currency,
    method,
    amount,
    received_on
from source
where received_on <= {{ as_of() }}
