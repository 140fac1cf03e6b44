with invoices as (
    select *
    from {{ ref('int_invoices_dated') }}
    where not is_void
),

line_items as (
    select * from {{ ref('stg_billing__invoice_line_items') }}
)

select
    invoices.period_start,
    invoices.currency,
    coalesce(sum(line_items.amount) filter (
        where line_items.kind in ('usage', 'late_usage')
    ), 0) as usage,
    coalesce(sum(line_items.amount) filter (
        where line_items.kind = 'subscription'
    ), 0) as subscription,
    coalesce(sum(line_items.amount) filter (
        where line_items.kind = 'proration'
    ), 0) as proration
from invoices
inner join line_items on invoices.invoice_id = line_items.invoice_id
group by
    invoices.period_start,
    invoices.currency
