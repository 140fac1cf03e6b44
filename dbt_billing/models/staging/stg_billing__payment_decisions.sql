with source as (
    select * from {{ source('billing', 'audit_log') }}
)

select
    entry,
    subject,
    from_state,
    to_state,
    reason,
    business_date
from source
where topic = 'payment'
