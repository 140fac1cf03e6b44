select
    dunning_hold_id,
    customer_id,
    invoice_id,
    reason,
    starts_on,
    ends_on
from {{ source('billing', 'dunning_holds') }}
where
    starts_on <= {{ as_of() }}
    and coalesce(ends_on > {{ as_of() }}, true)
