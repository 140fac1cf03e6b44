with invoices as (
    select * from {{ ref('stg_billing__invoices_recorded') }}
),

line_items as (
    select * from {{ ref('stg_billing__invoice_line_items') }}
),

countries as (
    select *
    from {{ ref('stg_billing__countries') }}
    where is_eu_member
),

tax_rates as (
    select * from {{ ref('stg_billing__tax_rates') }}
),

taxable as (
    select
        invoice_id,
        service_period_start,
        (service_period_start + interval '1 month')::date - 1 as last_day,
        sum(amount) as amount
    from line_items
    group by
        invoice_id,
        service_period_start
),

-- The rate of the region beats that of the country.
placed as (
    select distinct on (taxable.invoice_id, taxable.service_period_start)
        invoices.invoice_id,
        invoices.minor_units,
        taxable.amount,
        case
            when
                invoices.has_valid_tax_id
                and invoices.country <> invoices.seller_country
                and countries.country is not null
                then 'reverse_charge'
            when tax_rates.tax_rate is null then 'no_tax'
            else 'taxed'
        end as tax_treatment,
        tax_rates.tax_rate,
        tax_rates.tax_name
    from taxable
    inner join invoices on taxable.invoice_id = invoices.invoice_id
    left join countries on invoices.country = countries.country
    left join tax_rates
        on
            invoices.country = tax_rates.country
            and coalesce(tax_rates.region, invoices.region, '') = coalesce(invoices.region, '')
            and taxable.last_day >= tax_rates.valid_from
            and taxable.last_day < tax_rates.valid_to
    order by
        taxable.invoice_id asc,
        taxable.service_period_start asc,
        tax_rates.region is null asc
),

added_up as (
    select
        invoice_id,
        minor_units,
        tax_treatment,
        case when tax_treatment = 'taxed' then tax_rate else 0 end as tax_rate,
        case when tax_treatment = 'taxed' then tax_name end as tax_name,
        sum(amount) as taxable
    from placed
    group by
        invoice_id,
        minor_units,
        tax_treatment,
        case when tax_treatment = 'taxed' then tax_rate else 0 end,
        case when tax_treatment = 'taxed' then tax_name end
)

select
    invoice_id,
    tax_treatment,
    tax_rate,
    coalesce(tax_name, '') as tax_name,
    taxable,
    sign(taxable) * {{ half_up('abs(taxable) * tax_rate', '1', 'minor_units') }} as tax
from added_up
