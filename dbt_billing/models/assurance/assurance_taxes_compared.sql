with rerated as (
    select * from {{ ref('assurance_taxes_rerated') }}
),

invoiced as (
    select
        invoice_id,
        tax_treatment,
        tax_rate,
        case when tax_treatment = 'taxed' then tax_name else '' end as tax_name,
        tax_country,
        coalesce(tax_region, '') as tax_region,
        sum(taxable) as taxable,
        sum(tax) as tax
    from {{ ref('stg_billing__invoice_taxes') }}
    group by
        invoice_id,
        tax_treatment,
        tax_rate,
        case when tax_treatment = 'taxed' then tax_name else '' end,
        tax_country,
        coalesce(tax_region, '')
),

invoices as (
    select *
    from {{ ref('stg_billing__invoices_recorded') }}
    where not is_void
),

joined as (
    select
        coalesce(rerated.invoice_id, invoiced.invoice_id) as invoice_id,
        coalesce(rerated.tax_treatment, invoiced.tax_treatment) as tax_treatment,
        coalesce(rerated.tax_rate, invoiced.tax_rate) as tax_rate,
        coalesce(rerated.tax_name, invoiced.tax_name) as tax_name,
        coalesce(rerated.tax_country, invoiced.tax_country) as tax_country,
        coalesce(rerated.tax_region, invoiced.tax_region) as tax_region,
        coalesce(rerated.taxable, 0) as rerated_taxable,
        coalesce(invoiced.taxable, 0) as invoiced_taxable,
        coalesce(rerated.tax, 0) as rerated_tax,
        coalesce(invoiced.tax, 0) as invoiced_tax
    from rerated
    full join invoiced
        on
            rerated.invoice_id = invoiced.invoice_id
            and rerated.tax_treatment = invoiced.tax_treatment
            and rerated.tax_rate = invoiced.tax_rate
            and rerated.tax_name = invoiced.tax_name
            and rerated.tax_country = invoiced.tax_country
            and rerated.tax_region = invoiced.tax_region
)

select
    joined.*,
    joined.rerated_taxable = joined.invoiced_taxable
    and joined.rerated_tax = joined.invoiced_tax as is_equal
from joined
inner join invoices on joined.invoice_id = invoices.invoice_id
