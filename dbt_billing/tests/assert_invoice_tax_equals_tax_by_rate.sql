-- The tax of an invoice is the sum over its rates, and so is what it is levied on.
with invoices as (
    select * from {{ ref('stg_billing__invoices') }}
),

taxes as (
    select
        invoice_id,
        sum(taxable) as taxable,
        sum(tax) as tax
    from {{ ref('stg_billing__invoice_taxes') }}
    group by invoice_id
)

select
    invoices.invoice_number,
    invoices.subtotal,
    taxes.taxable,
    invoices.tax,
    taxes.tax as tax_by_rate
from invoices
left join taxes on invoices.invoice_id = taxes.invoice_id
where
    invoices.subtotal is distinct from taxes.taxable
    or invoices.tax is distinct from taxes.tax
