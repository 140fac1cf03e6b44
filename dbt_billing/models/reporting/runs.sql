with runs as (
    select * from {{ ref('int_runs_dated') }}
),

run_customers as (
    select * from {{ ref('stg_billing__billing_run_customers') }}
),

customers as (
    select * from {{ ref('stg_billing__customers') }}
),

currencies as (
    select * from {{ ref('stg_billing__currencies') }}
),

months_itemized as (
    select * from {{ ref('int_months_itemized') }}
),

months_billed as (
    select * from {{ ref('int_months_billed') }}
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
)

select
    {{ period('runs.period_start') }} as period,
    runs.started_at,
    runs.finished_at,
    coalesce(counted.customers, 0) as customers,
    coalesce(counted.invoiced, 0) as invoiced,
    coalesce(counted.skipped, 0) as skipped,
    coalesce(counted.parked, 0) as parked,
    round(coalesce(months_itemized.usage, 0), coalesce(currencies.minor_units, 0)) as usage,
    round(coalesce(months_itemized.subscription, 0), coalesce(currencies.minor_units, 0)) as subscription,
    round(coalesce(months_itemized.proration, 0), coalesce(currencies.minor_units, 0)) as proration,
    round(coalesce(months_billed.tax, 0), coalesce(currencies.minor_units, 0)) as tax,
    round(coalesce(months_billed.total, 0), coalesce(currencies.minor_units, 0)) as total,
    counted.currency,
    runs.period_start
from runs
left join counted on runs.billing_run_id = counted.billing_run_id
left join currencies on counted.currency = currencies.currency
left join months_itemized
    on
        runs.period_start = months_itemized.period_start
        and counted.currency = months_itemized.currency
left join months_billed
    on
        runs.period_start = months_billed.period_start
        and counted.currency = months_billed.currency
