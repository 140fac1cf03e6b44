-- Whoever a closed run invoiced has an invoice of that month, and whoever has a standing one was invoiced.
with runs as (
    select *
    from {{ ref('stg_billing__billing_runs') }}
    where is_closed
),

run_customers as (
    select * from {{ ref('stg_billing__billing_run_customers') }}
),

invoices as (
    select
        billing_run_id,
        customer_id,
        count(*) as invoices,
        count(*) filter (where is_billed) as standing_invoices,
        sum(total) filter (where is_billed) as total
    from {{ ref('stg_billing__invoices_recorded') }}
    group by
        billing_run_id,
        customer_id
),

customers as (
    select * from {{ ref('stg_billing__customers') }}
),

compared as (
    select
        coalesce(run_customers.billing_run_id, invoices.billing_run_id) as billing_run_id,
        coalesce(run_customers.customer_id, invoices.customer_id) as customer_id,
        run_customers.outcome,
        coalesce(invoices.invoices, 0) as invoices,
        coalesce(invoices.standing_invoices, 0) as standing_invoices,
        invoices.total
    from run_customers
    full join invoices
        on
            run_customers.billing_run_id = invoices.billing_run_id
            and run_customers.customer_id = invoices.customer_id
)

select
    customers.account_number,
    {{ period('runs.period_start') }} as period,
    compared.outcome,
    compared.invoices,
    compared.total
from compared
inner join runs on compared.billing_run_id = runs.billing_run_id
inner join customers on compared.customer_id = customers.customer_id
where
    (compared.outcome = 'invoiced' and compared.invoices = 0)
    or (compared.outcome is distinct from 'invoiced' and compared.standing_invoices > 0)
    or compared.standing_invoices > 1
