with source as (
    select * from {{ source('billing', 'audit_log') }}
)

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
from source
where business_date <= {{ as_of() }}
