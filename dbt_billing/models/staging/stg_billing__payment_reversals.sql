select
    payment_reversal_id,
    payment_id,
    kind,
    refund_id,
    payout_id,
    reason,
    amount,
    reversed_on
from {{ source('billing', 'payment_reversals') }}
where reversed_on <= {{ as_of() }}
