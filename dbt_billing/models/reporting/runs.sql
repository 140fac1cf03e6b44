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
),

counted as (
    select
        run_customers.billing_run_id,
        customers.currency,
        count(*) as customers,
        count(*) filter (where run_customers.outcome = 'invoiced') as invoiced,
        count(*) filter (where run_customers.outcome = 'skipped') as skipped,
        count(*) filter (where run_customers.outcome = 'parked') as parked
    from run_customers
    inner join customers on run_customers.customer_id = customers.customer_id
    group by
        run_customers.billing_run_id,
        customers.currency
),

billed as (
    select
        billing_run_id,
        currency,
        sum(usage) as usage,
        sum(subscription) as subscription,
        sum(proration) as proration,
        sum(tax) as tax,
        sum(total) as total
    from invoices
    group by
        billing_run_id,
        currency
)

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
left join counted on runs.billing_run_id = counted.billing_run_id
left join billed
    on
        counted.billing_run_id = billed.billing_run_id
        and counted.currency = billed.currency
