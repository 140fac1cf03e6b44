with invoices as (
    select * from {{ ref('stg_billing__invoices_recorded') }}
),

run_customers as (
    select * from {{ ref('stg_billing__billing_run_customers') }}
    where outcome = 'invoiced'
),

line_items as (
    select * from {{ ref('stg_billing__invoice_line_items') }}
)

-- A run that bills the month again leaves an invoice that stands, or finds nothing to bill and says so.
select distinct line_items.service_key
from invoices
inner join run_customers
    on
        invoices.billing_run_id = run_customers.billing_run_id
        and invoices.customer_id = run_customers.customer_id
inner join line_items on invoices.invoice_id = line_items.invoice_id
where
    not invoices.is_billed
    and not exists (
        select standing.invoice_id
        from {{ ref('stg_billing__invoices_recorded') }} as standing
        where
            standing.is_billed
            and standing.customer_id = invoices.customer_id
            and standing.period_start = invoices.period_start
    )
