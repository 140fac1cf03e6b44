with invoices as (
    select *
    from {{ ref('stg_billing__invoices_recorded') }}
    where not is_void
),

line_items as (
    select line_items.*
    from {{ ref('stg_billing__invoice_line_items') }} as line_items
    inner join invoices on line_items.invoice_id = invoices.invoice_id
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
    select * from {{ ref('assurance_services_taxed') }}
),

-- What an invoice bills of a service that was billed before is taxed as it was then; charged once, by its own day.
billed_before as (
    select distinct on (taxable.invoice_id, taxable.service_key)
        taxable.invoice_id,
        taxable.service_key,
        line_items.tax_treatment,
        line_items.tax_rate,
        line_items.tax_name,
        line_items.tax_country,
        line_items.tax_region
    from taxable
    inner join line_items
        on
            taxable.service_key = line_items.service_key
            and taxable.invoice_id > line_items.invoice_id
            and line_items.charge_id is null
    order by
        taxable.invoice_id asc,
        taxable.service_key asc,
        line_items.invoice_id desc
),

days as (
    select distinct
        invoice_id,
        taxed_on
    from taxable
),

-- The rate of the region beats that of the country.
ruled as (
    select distinct on (days.invoice_id, days.taxed_on)
        days.invoice_id,
        days.taxed_on,
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
        tax_rates.tax_name,
        invoices.country as tax_country,
        tax_rates.region as tax_region
    from days
    inner join invoices on days.invoice_id = invoices.invoice_id
    left join countries on invoices.country = countries.country
    left join tax_rates
        on
            invoices.country = tax_rates.country
            and coalesce(tax_rates.region, invoices.region, '') = coalesce(invoices.region, '')
            and days.taxed_on >= tax_rates.valid_from
            and days.taxed_on < tax_rates.valid_to
    order by
        days.invoice_id asc,
        days.taxed_on asc,
        tax_rates.region is null asc
),

placed as (
    select
        taxable.invoice_id,
        taxable.amount,
        coalesce(billed_before.tax_treatment, ruled.tax_treatment) as tax_treatment,
        coalesce(billed_before.tax_rate, ruled.tax_rate) as tax_rate,
        coalesce(billed_before.tax_name, ruled.tax_name) as tax_name,
        coalesce(billed_before.tax_country, ruled.tax_country) as tax_country,
        case
            when billed_before.invoice_id is null then ruled.tax_region
            else billed_before.tax_region
        end as tax_region
    from taxable
    inner join ruled
        on
            taxable.invoice_id = ruled.invoice_id
            and taxable.taxed_on = ruled.taxed_on
    left join billed_before
        on
            taxable.invoice_id = billed_before.invoice_id
            and taxable.service_key = billed_before.service_key
),

named as (
    select
        invoice_id,
        amount,
        tax_treatment,
        tax_country,
        case when tax_treatment = 'taxed' then tax_rate else 0 end as tax_rate,
        case when tax_treatment = 'taxed' then tax_name else '' end as tax_name,
        case when tax_treatment = 'taxed' then coalesce(tax_region, '') else '' end as tax_region
    from placed
),

added_up as (
    select
        invoice_id,
        tax_treatment,
        tax_rate,
        tax_name,
        tax_country,
        tax_region,
        sum(amount) as taxable
    from named
    group by
        invoice_id,
        tax_treatment,
        tax_rate,
        tax_name,
        tax_country,
        tax_region
)

select
    added_up.*,
    sign(added_up.taxable)
    * {{ half_up('abs(added_up.taxable) * added_up.tax_rate', '1', 'invoices.minor_units') }} as tax
from added_up
inner join invoices on added_up.invoice_id = invoices.invoice_id
