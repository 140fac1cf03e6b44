select
    entry,
    subject,
    from_state,
    to_state,
    reason,
    business_date
from {{ source('billing', 'audit_log') }}
where topic = 'payment'
