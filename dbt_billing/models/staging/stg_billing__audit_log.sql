select
    entry,
    topic,
    subject,
    from_state,
    to_state,
    reason,
    actor,
    business_date,
    recorded_at
from {{ source('billing', 'audit_log') }}
where business_date <= {{ as_of() }}
