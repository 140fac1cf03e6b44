select
    billing_run_id,
    period_start,
    as_of as business_date,
    closed_at is not null as is_closed,
    started_at,
    finished_at
from {{ source('billing', 'billing_runs') }}
