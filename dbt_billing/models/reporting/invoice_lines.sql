with line_items as (
    select * from {{ ref('stg_billing__invoice_line_items') }}
),

invoices as (
    select * from {{ ref('int_invoices_dated') }}
),

subscriptions as (
    select * from {{ ref('stg_billing__subscriptions') }}
),

charges as (
    select * from {{ ref('stg_billing__charges') }}
),

discounts as (
    select * from {{ ref('stg_billing__discounts') }}
),

commitments as (
    select * from {{ ref('stg_billing__commitments') }}
)

select
    {{ period('invoices.period_start') }} as period,
    invoices.invoice_number,
    line_items.position,
    line_items.kind,
    subscriptions.subscription,
    coalesce(charges.charge_code, discounts.discount_code, commitments.commitment_code) as code,
    line_items.plan_code,
    line_items.cell,
    line_items.tier,
    line_items.description,
    trim_scale(line_items.quantity) as quantity,
    trim_scale(line_items.unit_amount) as unit_amount,
    line_items.gross_amount,
    line_items.gross_amount - line_items.amount as discount,
    line_items.amount,
    line_items.service_period_start as service_start,
    line_items.service_period_end as service_end,
    invoices.currency,
    {{ period('line_items.service_period_start') }} as service_period,
    invoices.period_start
from line_items
inner join invoices on line_items.invoice_id = invoices.invoice_id
left join subscriptions on line_items.subscription_id = subscriptions.subscription_id
left join charges on line_items.charge_id = charges.charge_id
left join discounts on line_items.discount_id = discounts.discount_id
left join commitments on line_items.commitment_id = commitments.commitment_id
