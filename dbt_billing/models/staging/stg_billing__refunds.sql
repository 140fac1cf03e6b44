select
    refund_id,
    payment_id,
    credit_note_id,
    amount,
    scheduled_on,
    case when failed_on <= {{ as_of() }} then failed_on end as failed_on
from {{ source('billing', 'refunds') }}
where scheduled_on <= {{ as_of() }}
