with source as (
    select * from {{ source('billing', 'payment_reversals') }}
)

select
    payment_reversal_id,
    payment_id,
    kind,
    refund_id,
    amount,
    reversed_on
from source
where reversed_on <= {{ as_of() }}
