with invoices as (
    select *
    from {{ ref('stg_billing__invoices_recorded') }}
    where is_billed
),

line_items as (
    select * from {{ ref('stg_billing__invoice_line_items') }}
)

select
    invoices.customer_id,
    line_items.service_period_start as period_start,
    line_items.subscription_id,
    invoices.currency,
    case line_items.kind
        when 'late_usage' then 'usage'
        else line_items.kind
    end as kind,
    coalesce(line_items.tier_position, 0) as tier_position,
    line_items.is_tier_flat_amount,
    sum(line_items.quantity) as quantity,
    sum(line_items.amount) as amount
from invoices
inner join line_items on invoices.invoice_id = line_items.invoice_id
group by
    invoices.customer_id,
    line_items.service_period_start,
    line_items.subscription_id,
    invoices.currency,
    case line_items.kind
        when 'late_usage' then 'usage'
        else line_items.kind
    end,
    coalesce(line_items.tier_position, 0),
    line_items.is_tier_flat_amount
