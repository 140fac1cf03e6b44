with subscriptions as (
    select * from {{ ref('stg_billing__subscriptions') }}
),

pricing_plans as (
    select *
    from {{ ref('stg_billing__pricing_plans') }}
    where kind = 'flat'
),

weeks as (
    select * from {{ ref('int_weeks_split') }}
)

select
    subscriptions.subscription_id,
    subscriptions.customer_id,
    subscriptions.currency,
    weeks.period_start,
    weeks.week,
    subscriptions.quantity
    * pricing_plans.unit_amount
    * (
        least(subscriptions.ends_on, weeks.ends_on)
        - greatest(subscriptions.starts_on, weeks.starts_on)
    )
    / weeks.period_days as amount
from subscriptions
inner join pricing_plans on subscriptions.plan_id = pricing_plans.plan_id
inner join weeks
    on
        subscriptions.starts_on < weeks.ends_on
        and subscriptions.ends_on > weeks.starts_on
