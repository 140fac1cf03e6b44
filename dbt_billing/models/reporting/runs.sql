with runs as (
    select * from {{ ref('int_runs_dated') }}
),

run_customers as (
    select * from {{ ref('stg_billing__billing_run_customers') }}
),

customers as (
    select * from {{ ref('stg_billing__customers') }}
),

invoices as (
    select *
    from {{ ref('int_invoices_itemized') }}
    where not is_void
)

-- Lateral, so that one run reads its own customers and invoices only.
select
    {{ period('runs.period_start') }} as period,
    runs.started_at,
    runs.finished_at,
    coalesce(counted.customers, 0) as customers,
    coalesce(counted.invoiced, 0) as invoiced,
    coalesce(counted.skipped, 0) as skipped,
    coalesce(counted.parked, 0) as parked,
    coalesce(billed.usage, 0) as usage,
    coalesce(billed.subscription, 0) as subscription,
    coalesce(billed.proration, 0) as proration,
    coalesce(billed.tax, 0) as tax,
    coalesce(billed.total, 0) as total,
    counted.currency,
    runs.period_start
from runs
left join lateral (
    select
        customers.currency,
        count(*) as customers,
        count(*) filter (where run_customers.outcome = 'invoiced') as invoiced,
        count(*) filter (where run_customers.outcome = 'skipped') as skipped,
        count(*) filter (where run_customers.outcome = 'parked') as parked
    from run_customers
    inner join customers on run_customers.customer_id = customers.customer_id
    where run_customers.billing_run_id = runs.billing_run_id
    group by customers.currency
) as counted on true
left join lateral (
    select
        sum(invoices.usage) as usage,
        sum(invoices.subscription) as subscription,
        sum(invoices.proration) as proration,
        sum(invoices.tax) as tax,
        sum(invoices.total) as total
    from invoices
    where
        invoices.billing_run_id = runs.billing_run_id
        and invoices.currency = counted.currency
) as billed on true
