with audit_log as (
    select *
    from {{ ref('stg_billing__audit_log') }}
    where topic = 'dunning'
)

select
    subject as invoice_number,
    recorded_at as at,
    business_date,
    from_state,
    to_state,
    reason,
    actor,
    entry
from audit_log
