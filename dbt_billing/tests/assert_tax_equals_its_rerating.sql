-- The tax of each invoice follows from its addressee, its lines and the rates valid on the days that the contract
-- names, and that of a service that was billed before from the last invoice that did.
with taxes as (
    select *
    from {{ ref('assurance_taxes_compared') }}
    where not is_equal
),

invoices as (
    select * from {{ ref('stg_billing__invoices_recorded') }}
)

select
    invoices.account_number,
    {{ period('invoices.period_start') }} as period,
    invoices.invoice_number,
    taxes.tax_treatment,
    taxes.tax_rate,
    taxes.tax_country,
    invoices.currency,
    taxes.rerated_taxable as due_taxable,
    taxes.invoiced_taxable,
    round(taxes.rerated_tax, 4) as due,
    round(taxes.invoiced_tax, 4) as invoiced,
    round(taxes.invoiced_tax - taxes.rerated_tax, 4) as difference
from taxes
inner join invoices on taxes.invoice_id = invoices.invoice_id
