with line_items as (
    select * from {{ ref('stg_billing__invoice_line_items') }}
),

invoices as (
    select * from {{ ref('int_invoices_dated') }}
)

select
    {{ period('invoices.period_start') }} as period,
    invoices.invoice_number,
    line_items.position,
    line_items.kind,
    line_items.plan_code,
    line_items.tier,
    line_items.description,
    trim_scale(line_items.quantity) as quantity,
    trim_scale(line_items.unit_amount) as unit_amount,
    line_items.amount,
    invoices.currency,
    {{ period('line_items.service_period_start') }} as service_period,
    invoices.period_start
from line_items
inner join invoices on line_items.invoice_id = invoices.invoice_id
