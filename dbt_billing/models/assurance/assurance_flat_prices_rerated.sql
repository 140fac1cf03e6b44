with subscriptions as (
    select * from {{ ref('stg_billing__subscriptions') }}
),

pricing_plans as (
    select *
    from {{ ref('stg_billing__pricing_plans') }}
    where kind = 'flat'
),

months as (
    select
        *,
        (period_start + interval '1 month')::date as next_month
    from {{ ref('assurance_months_settled') }}
)

-- What is due, in days of the price: the full price less the days without it.
select
    months.customer_id,
    months.period_start,
    subscriptions.subscription_id,
    subscriptions.currency,
    subscriptions.quantity,
    subscriptions.quantity * pricing_plans.unit_amount as price,
    greatest(subscriptions.starts_on - months.period_start, 0)
    + months.next_month - least(subscriptions.ends_on, months.next_month) as days_without,
    months.next_month - months.period_start as days
from months
inner join subscriptions
    on
        months.customer_id = subscriptions.customer_id
        and subscriptions.starts_on < least(months.next_month, subscriptions.ends_on)
        and months.period_start < subscriptions.ends_on
inner join pricing_plans on subscriptions.plan_id = pricing_plans.plan_id
