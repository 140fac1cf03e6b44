with invoices as (
    select *
    from {{ ref('int_invoices_dated') }}
    where not is_void
),

line_items as (
    select *
    from {{ ref('stg_billing__invoice_line_items') }}
    where kind in ('correction', 'late_usage') and charge_kind <> 'charge'
),

subscriptions as (
    select * from {{ ref('stg_billing__subscriptions') }}
),

commitments as (
    select * from {{ ref('stg_billing__commitments') }}
)

-- A fee in advance is corrected within its own month: that is no earlier one.
select
    invoices.customer_id,
    invoices.currency,
    invoices.period_start,
    sum(line_items.amount) as amount
from invoices
inner join line_items on invoices.invoice_id = line_items.invoice_id
left join subscriptions on line_items.subscription_id = subscriptions.subscription_id
left join commitments on line_items.commitment_id = commitments.commitment_id
where
    coalesce(subscriptions.interval_months, commitments.interval_months, 1) = 1
    and (
        subscriptions.billed_in is distinct from 'advance'
        or invoices.period_start <> {{ period_start('line_items.service_period_start') }}
    )
group by
    invoices.customer_id,
    invoices.currency,
    invoices.period_start
