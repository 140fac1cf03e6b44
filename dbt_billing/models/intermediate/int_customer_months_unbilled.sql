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
),

standing_invoices as (
    select * from {{ ref('int_invoices_dated') }}
    where not is_void
)

select
    runs.period_start,
    run_customers.customer_id,
    'customer_parked' as reason
from runs
inner join run_customers on runs.billing_run_id = run_customers.billing_run_id
where run_customers.outcome = 'parked'
union all
select distinct
    runs.period_start,
    invoices.customer_id,
    'invoice_voided' as reason
from runs
inner join invoices on runs.billing_run_id = invoices.billing_run_id
inner join run_customers
    on
        invoices.billing_run_id = run_customers.billing_run_id
        and invoices.customer_id = run_customers.customer_id
where
    invoices.is_void
    and run_customers.outcome <> 'parked'
    and not exists (
        select standing_invoices.invoice_id
        from standing_invoices
        where
            standing_invoices.customer_id = invoices.customer_id
            and standing_invoices.period_start = invoices.period_start
    )
