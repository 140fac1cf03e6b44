-- Every invoice is the sum of its lines, kind by kind, and its total is that sum and the tax; what discounts in percent
-- took off its lines is told one by one.
with invoices as (
    select * from {{ ref('invoices') }}
),

lines as (
    select
        invoice_number,
        sum(amount) as amount,
        sum(gross_amount) as gross,
        sum(discount) as discount
    from {{ ref('invoice_lines') }}
    group by invoice_number
),

line_discounts as (
    select
        invoices_recorded.invoice_number,
        sum(line_discounts.amount) as discount
    from {{ ref('stg_billing__invoice_line_discounts') }} as line_discounts
    inner join {{ ref('stg_billing__invoices_recorded') }} as invoices_recorded
        on line_discounts.invoice_id = invoices_recorded.invoice_id
    group by invoices_recorded.invoice_number
)

select
    invoices.invoice_number,
    invoices.subtotal,
    lines.amount,
    lines.discount,
    line_discounts.discount as discount_by_code
from invoices
left join lines on invoices.invoice_number = lines.invoice_number
left join line_discounts on invoices.invoice_number = line_discounts.invoice_number
where
    invoices.subtotal is distinct from lines.amount
    or invoices.gross is distinct from lines.gross
    or lines.discount is distinct from coalesce(line_discounts.discount, 0)
    or invoices.subtotal <> invoices.usage + invoices.subscription + invoices.proration + invoices.charges
    + invoices.discount + invoices.minimum + invoices.maximum
    or invoices.total <> invoices.subtotal + invoices.tax
