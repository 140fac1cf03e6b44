with rerated as (
    select * from {{ ref('assurance_charges_rerated') }}
),

invoiced as (
    select * from {{ ref('assurance_charges_invoiced') }}
),

months as (
    select * from {{ ref('assurance_months_settled') }}
),

runs as (
    select * from {{ ref('stg_billing__billing_runs') }}
),

run_customers as (
    select *
    from {{ ref('stg_billing__billing_run_customers') }}
    where outcome <> 'parked'
),

joined as (
    select
        coalesce(rerated.customer_id, invoiced.customer_id) as customer_id,
        coalesce(rerated.period_start, invoiced.period_start) as period_start,
        coalesce(rerated.subscription_id, invoiced.subscription_id) as subscription_id,
        coalesce(rerated.currency, invoiced.currency) as currency,
        coalesce(rerated.kind, invoiced.kind) as kind,
        coalesce(rerated.tier_position, invoiced.tier_position) as tier_position,
        coalesce(rerated.is_tier_flat_amount, invoiced.is_tier_flat_amount) as is_tier_flat_amount,
        coalesce(rerated.quantity, 0) as rerated_quantity,
        coalesce(invoiced.quantity, 0) as invoiced_quantity,
        coalesce(rerated.amount, 0) as rerated_amount,
        coalesce(invoiced.amount, 0) as invoiced_amount,
        invoiced.subscription_id is not null as is_invoiced
    from rerated
    full join invoiced
        on
            rerated.customer_id = invoiced.customer_id
            and rerated.period_start = invoiced.period_start
            and rerated.subscription_id = invoiced.subscription_id
            and rerated.kind = invoiced.kind
            and rerated.tier_position = invoiced.tier_position
            and rerated.is_tier_flat_amount = invoiced.is_tier_flat_amount
)

-- A month waits to be run again for a customer who is parked, or has a subscription that no run has looked at.
select
    joined.*,
    months.customer_id is not null as is_settled,
    joined.rerated_quantity = joined.invoiced_quantity
    and joined.rerated_amount = joined.invoiced_amount as is_equal,
    months.customer_id is null and run_customers.customer_id is null as is_pending
from joined
left join months
    on
        joined.customer_id = months.customer_id
        and joined.period_start = months.period_start
left join runs on joined.period_start = runs.period_start
left join run_customers
    on
        joined.customer_id = run_customers.customer_id
        and runs.billing_run_id = run_customers.billing_run_id
