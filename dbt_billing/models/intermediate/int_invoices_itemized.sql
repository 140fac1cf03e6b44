with invoices as (
    select * from {{ ref('int_invoices_dated') }}
),

line_items as (
    select * from {{ ref('stg_billing__invoice_line_items') }}
)

-- Lateral, so that a report of one month reads the lines of that month only.
select
    invoices.invoice_id,
    invoices.billing_run_id,
    invoices.customer_id,
    invoices.invoice_number,
    invoices.account_number,
    invoices.customer_name,
    invoices.country,
    invoices.region,
    invoices.currency,
    invoices.collection_method,
    invoices.tax_treatment,
    invoices.tax_rate,
    coalesce(amounts.gross, 0) as gross,
    coalesce(amounts.usage, 0) as usage,
    coalesce(amounts.subscription, 0) as subscription,
    coalesce(amounts.proration, 0) as proration,
    coalesce(amounts.charges, 0) as charges,
    coalesce(amounts.discount, 0) as discount,
    coalesce(amounts.minimum, 0) as minimum,
    coalesce(amounts.maximum, 0) as maximum,
    invoices.subtotal,
    invoices.tax,
    invoices.total,
    invoices.is_delivered,
    invoices.is_settled,
    invoices.is_void,
    invoices.period_start,
    invoices.period_end,
    invoices.issued_on,
    invoices.due_on,
    invoices.paid_on
from invoices
left join lateral (
    select
        sum(line_items.gross_amount) as gross,
        sum(line_items.amount) filter (where line_items.charge_kind = 'usage') as usage,
        sum(line_items.amount) filter (where line_items.charge_kind = 'subscription') as subscription,
        sum(line_items.amount) filter (where line_items.charge_kind = 'proration') as proration,
        sum(line_items.amount) filter (where line_items.charge_kind = 'charge') as charges,
        sum(line_items.amount) filter (where line_items.charge_kind = 'discount') as discount,
        sum(line_items.amount) filter (where line_items.charge_kind = 'minimum') as minimum,
        sum(line_items.amount) filter (where line_items.charge_kind = 'maximum') as maximum
    from line_items
    where line_items.invoice_id = invoices.invoice_id
) as amounts on true
