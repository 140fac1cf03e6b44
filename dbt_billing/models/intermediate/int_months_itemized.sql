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
        line_items.charge_kind,
        sum(line_items.amount) as amount
    from invoices
    inner join line_items on invoices.invoice_id = line_items.invoice_id
    group by
        invoices.period_start,
        invoices.currency,
        line_items.charge_kind
)

select
    period_start,
    currency,
    coalesce(sum(amount) filter (where charge_kind = 'usage'), 0) as usage,
    coalesce(sum(amount) filter (where charge_kind = 'subscription'), 0) as subscription,
    coalesce(sum(amount) filter (where charge_kind = 'proration'), 0) as proration,
    coalesce(sum(amount) filter (where charge_kind in ('discount', 'minimum', 'maximum')), 0) as agreed
from kinds
group by
    period_start,
    currency
