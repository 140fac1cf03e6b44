with invoices as (
    select *
    from {{ ref('int_invoices_dated') }}
    where not is_void
),

line_items as (
    select *
    from {{ ref('stg_billing__invoice_line_items') }}
    where charge_kind in ('subscription', 'proration')
),

subscriptions as (
    select *
    from {{ ref('stg_billing__subscriptions') }}
    where interval_months = 1 and billed_in = 'arrears'
)

select
    invoices.customer_id,
    invoices.currency,
    invoices.period_start,
    line_items.subscription_id,
    line_items.invoice_id,
    line_items.charge_kind,
    line_items.charge_key,
    line_items.tier,
    line_items.amount,
    line_items.service_period_end
from invoices
inner join line_items on invoices.invoice_id = line_items.invoice_id
inner join subscriptions on line_items.subscription_id = subscriptions.subscription_id
where line_items.kind <> 'correction'
