with runs as (
    select * from {{ ref('stg_billing__billing_runs') }}
    where is_closed
),

standing_invoices as (
    select * from {{ ref('stg_billing__invoices_recorded') }}
    where is_billed
),

skipped as (
    select * from {{ ref('stg_billing__billing_run_customers') }}
    where outcome = 'skipped'
),

looked_at as (
    select
        customer_id,
        period_start,
        usage_before_txid
    from standing_invoices
    union all
    select
        skipped.customer_id,
        runs.period_start,
        skipped.usage_before_txid
    from skipped
    inner join runs on skipped.billing_run_id = runs.billing_run_id
),

months as (
    select
        customer_id,
        period_start,
        max(usage_before_txid) as usage_before_txid
    from looked_at
    group by
        customer_id,
        period_start
)

-- A run bills what fell due up to its month, and looks at all of it again; what fell due in months between that found
-- nobody who looked is seen by the next one that did.
select
    customer_id,
    coalesce(lag(period_start) over by_month, '-infinity') as after_month,
    period_start,
    max(usage_before_txid) over (partition by customer_id order by period_start desc) as usage_before_txid
from months
window by_month as (partition by customer_id order by period_start)
