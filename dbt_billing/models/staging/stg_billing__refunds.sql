with source as (
    select * from {{ source('billing', 'refunds') }}
)

select
    refund_id,
    payment_id,
    amount,
    scheduled_on
from source
where scheduled_on <= {{ as_of() }} and state <> 'failed'
