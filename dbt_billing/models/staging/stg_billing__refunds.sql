with source as (
    select * from {{ source('billing', 'refunds') }}
)

select
    refund_id,
    payment_id,
    credit_note_id,
    amount,
    scheduled_on
from source
where scheduled_on <= {{ as_of() }} and coalesce(failed_on > {{ as_of() }}, true)
