with invoices as (
    select *
    from {{ ref('int_invoices_dated') }}
    where is_delivered or not is_void
),

invoice_taxes as (
    select * from {{ ref('stg_billing__invoice_taxes') }}
)

select
    invoices.period_start,
    {{ period_start('invoices.voided_on') }} as voided_in,
    invoices.invoice_id,
    invoice_taxes.tax_country as country,
    invoice_taxes.tax_region as region,
    invoices.currency,
    invoice_taxes.tax_rate,
    invoice_taxes.tax_treatment,
    invoice_taxes.tax_name,
    invoice_taxes.taxable,
    invoice_taxes.tax
from invoices
inner join invoice_taxes on invoices.invoice_id = invoice_taxes.invoice_id
