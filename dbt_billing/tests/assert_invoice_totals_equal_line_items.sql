-- Every invoice is the sum of its lines, kind by kind, and its total is that sum and the tax.
with invoices as (
    select * from {{ ref('invoices') }}
),

lines as (
    select
        invoice_number,
        sum(amount) as amount
    from {{ ref('invoice_lines') }}
    group by invoice_number
)

select
    invoices.invoice_number,
    invoices.subtotal,
    lines.amount
from invoices
left join lines on invoices.invoice_number = lines.invoice_number
where
    invoices.subtotal is distinct from lines.amount
    or invoices.subtotal <> invoices.usage + invoices.subscription + invoices.proration
    or invoices.total <> invoices.subtotal + invoices.tax
