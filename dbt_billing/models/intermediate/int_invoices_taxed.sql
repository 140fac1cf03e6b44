with invoices as (
    select *
    from {{ ref('int_invoices_dated') }}
    where not is_void
),

invoice_taxes as (
    select * from {{ ref('stg_billing__invoice_taxes') }}
),

tax_rates as (
    select * from {{ ref('stg_billing__tax_rates') }}
)

-- The region counts only where the tax is a region's own.
select
    invoices.period_start,
    invoices.invoice_id,
    invoices.country,
    case
        when
            exists (
                select tax_rates.tax_rate_id
                from tax_rates
                where
                    tax_rates.country = invoices.country
                    and tax_rates.region = invoices.region
                    and tax_rates.tax_name = invoice_taxes.tax_name
                    and tax_rates.tax_rate = invoice_taxes.tax_rate
            )
            then invoices.region
    end as region,
    invoices.currency,
    invoice_taxes.tax_rate,
    invoice_taxes.tax_treatment,
    invoice_taxes.tax_name,
    invoice_taxes.taxable,
    invoice_taxes.tax
from invoices
inner join invoice_taxes on invoices.invoice_id = invoice_taxes.invoice_id
