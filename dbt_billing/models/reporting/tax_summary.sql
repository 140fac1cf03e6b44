with invoices as (
    select * from {{ ref('int_invoices_taxed') }}
),

credit_notes as (
    select * from {{ ref('int_credit_notes_taxed') }}
),

countries as (
    select * from {{ ref('stg_billing__countries') }}
),

sellers as (
    select * from {{ ref('stg_billing__sellers') }}
),

-- An invoice has each name of a tax once, so its rows can be counted, which takes no sorting.
named as (
    select
        period_start,
        country,
        region,
        tax_rate,
        tax_treatment,
        currency,
        tax_name,
        count(*) as invoices,
        sum(taxable) as taxable,
        sum(tax) as tax
    from invoices
    group by
        period_start,
        country,
        region,
        tax_rate,
        tax_treatment,
        currency,
        tax_name
),

-- What was voided was declared in the month it billed, and is taken back in the month of the void.
voids as (
    select
        voided_in as period_start,
        country,
        region,
        tax_rate,
        tax_treatment,
        currency,
        count(distinct invoice_id) as voided,
        -sum(taxable) as taxable,
        -sum(tax) as tax
    from invoices
    where voided_in is not null
    group by
        voided_in,
        country,
        region,
        tax_rate,
        tax_treatment,
        currency
),

entries as (
    select
        *,
        null::bigint as credit_note_id,
        0 as voided
    from named
    union all
    select
        period_start,
        country,
        region,
        tax_rate,
        tax_treatment,
        currency,
        null as tax_name,
        0 as invoices,
        taxable,
        tax,
        null as credit_note_id,
        voided
    from voids
    union all
    select
        period_start,
        country,
        region,
        tax_rate,
        tax_treatment,
        currency,
        null as tax_name,
        0 as invoices,
        -amount as taxable,
        -tax as tax,
        credit_note_id,
        0 as voided
    from credit_notes
)

select
    {{ period('entries.period_start') }} as period,
    entries.country,
    entries.region,
    entries.tax_rate as rate,
    entries.tax_treatment as treatment,
    entries.currency,
    case
        when count(entries.tax_name) <= 1 then sum(entries.invoices)::bigint
        -- A tax that changed its name: an invoice may have it under both.
        else (
            select count(distinct invoices.invoice_id)
            from invoices
            where
                invoices.period_start = entries.period_start
                and invoices.country is not distinct from entries.country
                and invoices.region is not distinct from entries.region
                and invoices.tax_rate = entries.tax_rate
                and invoices.tax_treatment = entries.tax_treatment
                and invoices.currency = entries.currency
        )
    end as invoices,
    sum(entries.taxable) as taxable,
    sum(entries.tax) as tax,
    count(distinct entries.credit_note_id) as credit_notes,
    entries.period_start,
    sum(sum(entries.tax)) over (partition by entries.period_start, entries.currency) as tax_of_currency,
    sum(entries.voided)::bigint as voided,
    case
        when entries.tax_treatment = 'reverse_charge' then 'reverse_charge'
        when entries.country = sellers.country then 'domestic'
        when countries.is_eu_member and entries.tax_treatment = 'taxed' then 'oss'
        when countries.is_eu_member then 'untaxed'
        else 'other'
    end as scheme
from entries
left join countries on entries.country = countries.country
left join sellers on true
group by
    entries.period_start,
    entries.country,
    entries.region,
    entries.tax_rate,
    entries.tax_treatment,
    entries.currency,
    countries.is_eu_member,
    sellers.country
