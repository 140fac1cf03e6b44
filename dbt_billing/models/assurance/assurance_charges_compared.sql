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

parked as (
    select *
    from {{ ref('stg_billing__billing_run_customers') }}
    where outcome = 'parked'
),

subscriptions as (
    select * from {{ ref('stg_billing__subscriptions') }}
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

-- A customer who was skipped has nothing to pay for a subscription loaded since, until the month is run again; nor
-- has one who is parked for the rest of a month that is billed in part.
select
    joined.*,
    months.customer_id is not null as is_settled,
    joined.rerated_quantity = joined.invoiced_quantity
    and joined.rerated_amount = joined.invoiced_amount as is_equal,
    not joined.is_invoiced and subscriptions.updated_at > months.skipped_at
    or months.customer_id is null and parked.customer_id is not null as is_pending
from joined
inner join subscriptions on joined.subscription_id = subscriptions.subscription_id
left join months
    on
        joined.customer_id = months.customer_id
        and joined.period_start = months.period_start
left join runs on joined.period_start = runs.period_start
left join parked
    on
        joined.customer_id = parked.customer_id
        and runs.billing_run_id = parked.billing_run_id
