with rerated as (
    select * from {{ ref('assurance_charges_rerated') }}
),

invoiced as (
    select * from {{ ref('assurance_charges_invoiced') }}
)

-- Differences of what has no quantity of its own say 1.
select
    coalesce(rerated.customer_id, invoiced.customer_id) as customer_id,
    coalesce(rerated.service_key, invoiced.service_key) as service_key,
    coalesce(rerated.charge_key, invoiced.charge_key) as charge_key,
    coalesce(rerated.charge_kind, invoiced.charge_kind) as charge_kind,
    coalesce(rerated.plan_code, invoiced.plan_code) as plan_code,
    coalesce(rerated.currency, invoiced.currency) as currency,
    coalesce(rerated.quantity, 0) as rerated_quantity,
    coalesce(invoiced.quantity, 0) as invoiced_quantity,
    coalesce(rerated.gross_amount, 0) as rerated_gross_amount,
    coalesce(invoiced.gross_amount, 0) as invoiced_gross_amount,
    coalesce(rerated.amount, 0) as rerated_amount,
    coalesce(invoiced.amount, 0) as invoiced_amount,
    invoiced.charge_key is not null as is_invoiced,
    coalesce(rerated.amount, 0) = coalesce(invoiced.amount, 0)
    and coalesce(rerated.gross_amount, 0) = coalesce(invoiced.gross_amount, 0)
    and (
        coalesce(rerated.quantity, 0) = coalesce(invoiced.quantity, 0)
        or coalesce(rerated.charge_kind, invoiced.charge_kind) not in ('usage', 'subscription', 'charge')
    ) as is_equal,
    coalesce(rerated.period_start, invoiced.period_start) as period_start,
    coalesce(rerated.period_end, invoiced.period_end) as period_end,
    rerated.due_month as rerated_due_month,
    invoiced.due_month as invoiced_due_month
from rerated
full join invoiced
    on
        rerated.customer_id = invoiced.customer_id
        and rerated.charge_key = invoiced.charge_key
