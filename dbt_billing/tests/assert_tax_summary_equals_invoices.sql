-- All tax of the invoices that stand is summed up, less that of the credit notes.
with summary as (
    select
        currency,
        sum(taxable) as taxable,
        sum(tax) as tax
    from {{ ref('tax_summary') }}
    group by currency
),

entries as (
    select
        currency,
        subtotal as taxable,
        tax
    from {{ ref('int_invoices_dated') }}
    where not is_void
    union all
    select
        currency,
        -subtotal as taxable,
        -tax as tax
    from {{ ref('stg_billing__credit_notes') }}
),

expected as (
    select
        currency,
        sum(taxable) as taxable,
        sum(tax) as tax
    from entries
    group by currency
)

select
    expected.*,
    summary.tax as tax_in_summary
from expected
full join summary on expected.currency = summary.currency
where
    expected.taxable is distinct from summary.taxable
    or expected.tax is distinct from summary.tax
