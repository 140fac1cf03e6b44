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
    coalesce(amounts.usage, 0) as usage,
    coalesce(amounts.subscription, 0) as subscription,
    coalesce(amounts.proration, 0) as proration,
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
        sum(line_items.amount) filter (
            where line_items.kind in ('usage', 'late_usage')
        ) as usage,
        sum(line_items.amount) filter (
            where line_items.kind = 'subscription'
        ) as subscription,
        sum(line_items.amount) filter (
            where line_items.kind = 'proration'
        ) as proration
    from line_items
    where line_items.invoice_id = invoices.invoice_id
) as amounts on true
