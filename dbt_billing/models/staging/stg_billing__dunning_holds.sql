with source as (
    select * from {{ source('billing', 'dunning_holds') }}
)

select
    dunning_hold_id,
    customer_id,
    invoice_id,
    reason,
    starts_on,
    ends_on
from source
where
    starts_on <= {{ as_of() }}
    and coalesce(ends_on > {{ as_of() }}, true)
