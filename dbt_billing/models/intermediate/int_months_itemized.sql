with invoices as (
    select *
    from {{ ref('int_invoices_dated') }}
    where not is_void
),

line_items as (
    select * from {{ ref('stg_billing__invoice_line_items') }}
),

-- Few rows, so that each of the many lines is asked for its kind once.
kinds as (
    select
        invoices.period_start,
        invoices.currency,
        line_items.kind,
        sum(line_items.amount) as amount
    from invoices
    inner join line_items on invoices.invoice_id = line_items.invoice_id
    group by
        invoices.period_start,
        invoices.currency,
        line_items.kind
)

select
    period_start,
    currency,
    coalesce(sum(amount) filter (where kind in ('usage', 'late_usage')), 0) as usage,
    coalesce(sum(amount) filter (where kind = 'subscription'), 0) as subscription,
    coalesce(sum(amount) filter (where kind = 'proration'), 0) as proration
from kinds
group by
    period_start,
    currency
