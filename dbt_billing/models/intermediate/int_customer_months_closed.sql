with runs as (
    select *
    from {{ ref('int_runs_dated') }}
    where is_closed
),

run_customers as (
    select * from {{ ref('stg_billing__billing_run_customers') }}
),

invoices as (
    select * from {{ ref('int_invoices_dated') }}
)

select
    runs.period_start,
    run_customers.customer_id,
    run_customers.outcome,
    coalesce(standing.is_voided, false) as is_voided
from runs
inner join run_customers on runs.billing_run_id = run_customers.billing_run_id
left join lateral (
    select bool_and(invoices.is_void) as is_voided
    from invoices
    where
        invoices.customer_id = run_customers.customer_id
        and invoices.period_start = runs.period_start
) as standing on true
