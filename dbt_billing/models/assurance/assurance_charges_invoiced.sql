with invoices as (
    select * from {{ ref('stg_billing__invoices_recorded') }}
    where is_billed
),

line_items as (
    select * from {{ ref('stg_billing__invoice_line_items') }}
),

added_up as (
    select
        invoices.customer_id,
        line_items.subscription_id,
        line_items.service_key,
        line_items.charge_key,
        line_items.charge_kind,
        line_items.plan_code,
        invoices.currency,
        sum(line_items.quantity) as quantity,
        sum(line_items.gross_amount) as gross_amount,
        sum(line_items.amount) as amount,
        min(line_items.service_period_start) as period_start,
        max(line_items.service_period_end) as period_end
    from invoices
    inner join line_items on invoices.invoice_id = line_items.invoice_id
    group by
        invoices.customer_id,
        line_items.subscription_id,
        line_items.service_key,
        line_items.charge_key,
        line_items.charge_kind,
        line_items.plan_code,
        invoices.currency
)

-- When it was due at the latest, for a service of which nothing is owed any more.
select
    added_up.customer_id,
    added_up.service_key,
    added_up.charge_key,
    added_up.charge_kind,
    added_up.plan_code,
    added_up.currency,
    added_up.quantity,
    added_up.gross_amount,
    added_up.amount,
    added_up.period_start,
    added_up.period_end,
    case
        when added_up.charge_kind = 'charge' or subscriptions.billed_in = 'advance'
            then {{ period_start('added_up.period_start') }}
        else {{ month_due('added_up.period_end') }}
    end as due_month
from added_up
left join {{ ref('stg_billing__subscriptions') }} as subscriptions
    on added_up.subscription_id = subscriptions.subscription_id
