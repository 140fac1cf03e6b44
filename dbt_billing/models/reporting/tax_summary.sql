with invoices as (
    select *
    from {{ ref('int_invoices_dated') }}
    where not is_void
),

invoice_taxes as (
    select * from {{ ref('stg_billing__invoice_taxes') }}
),

credit_notes as (
    select * from {{ ref('stg_billing__credit_notes') }}
),

credit_note_line_items as (
    select * from {{ ref('stg_billing__credit_note_line_items') }}
),

tax_rates as (
    select * from {{ ref('stg_billing__tax_rates') }}
),

entries as (
    select
        invoices.period_start,
        invoices.invoice_id,
        null::bigint as credit_note_id,
        invoices.country,
        invoices.region,
        invoices.currency,
        invoice_taxes.tax_rate,
        invoice_taxes.tax_treatment,
        invoice_taxes.tax_name,
        invoice_taxes.taxable,
        invoice_taxes.tax
    from invoices
    inner join invoice_taxes on invoices.invoice_id = invoice_taxes.invoice_id
    union all
    select
        {{ period_start('credit_notes.issued_on') }} as period_start,
        null::bigint as invoice_id,
        credit_notes.credit_note_id,
        credit_notes.country,
        credit_notes.region,
        credit_notes.currency,
        credit_note_line_items.tax_rate,
        credit_note_line_items.tax_treatment,
        credit_note_line_items.tax_name,
        -credit_note_line_items.amount as taxable,
        -credit_note_line_items.tax as tax
    from credit_notes
    inner join credit_note_line_items
        on credit_notes.credit_note_id = credit_note_line_items.credit_note_id
),

-- The region counts only where the tax is a region's own.
placed as (
    select
        entries.*,
        exists(
            select tax_rates.tax_rate_id
            from tax_rates
            where
                tax_rates.country = entries.country
                and tax_rates.region = entries.region
                and tax_rates.tax_name = entries.tax_name
                and tax_rates.tax_rate = entries.tax_rate
        ) as is_regional
    from entries
)

select
    {{ period('period_start') }} as period,
    country,
    case when is_regional then region end as region,
    tax_rate as rate,
    tax_treatment as treatment,
    currency,
    count(distinct invoice_id) as invoices,
    sum(taxable) as taxable,
    sum(tax) as tax,
    count(distinct credit_note_id) as credit_notes,
    period_start
from placed
group by
    period_start,
    country,
    case when is_regional then region end,
    tax_rate,
    tax_treatment,
    currency
