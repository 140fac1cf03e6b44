-- What stands on invoices for a month of service, late usage included, is what the raw events, prices and days come to.
with charges as (
    select *
    from {{ ref('assurance_charges_compared') }}
    where not is_equal and not is_pending
),

customers as (
    select * from {{ ref('stg_billing__customers') }}
),

subscriptions as (
    select * from {{ ref('stg_billing__subscriptions') }}
),

pricing_plans as (
    select * from {{ ref('stg_billing__pricing_plans') }}
)

select
    customers.account_number,
    {{ period('charges.period_start') }} as period,
    pricing_plans.plan_code,
    charges.kind,
    charges.tier_position as tier,
    charges.is_tier_flat_amount,
    charges.currency,
    trim_scale(charges.rerated_quantity) as due_quantity,
    trim_scale(charges.invoiced_quantity) as invoiced_quantity,
    round(charges.rerated_amount, 4) as due,
    round(charges.invoiced_amount, 4) as invoiced,
    round(charges.invoiced_amount - charges.rerated_amount, 4) as difference
from charges
inner join customers on charges.customer_id = customers.customer_id
inner join subscriptions on charges.subscription_id = subscriptions.subscription_id
inner join pricing_plans on subscriptions.plan_id = pricing_plans.plan_id
order by abs(charges.invoiced_amount - charges.rerated_amount) desc
