with runs as (
    select * from {{ ref('stg_billing__billing_runs') }}
),

invoices as (
    select * from {{ ref('stg_billing__invoices') }}
)

-- A run that was resumed carries the date of its last part; its invoices tell when it first billed.
select
    runs.billing_run_id,
    runs.period_start,
    runs.is_closed,
    runs.started_at,
    runs.finished_at
from runs
where
    runs.business_date <= {{ as_of() }}
    or exists (
        select invoices.invoice_id
        from invoices
        where invoices.billing_run_id = runs.billing_run_id
    )
