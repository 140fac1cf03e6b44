with phases as (
    select
        *,
        min(starts_on) over of_subscription as subscription_starts_on,
        min(starts_on) filter (where not is_trial) over of_subscription as billed_from,
        max(ends_on) over of_subscription as subscription_ends_on,
        greatest(least({{ as_of() }}, ends_on - 1), starts_on) as shown_on
    from {{ ref('stg_billing__subscription_phases') }}
    window of_subscription as (partition by subscription_id)
),

phases_priced as (
    select * from {{ ref('int_phases_priced') }}
),

price_tiers as (
    select * from {{ ref('stg_billing__price_tiers') }}
),

subscriptions as (
    select * from {{ ref('stg_billing__subscriptions') }}
),

customers as (
    select * from {{ ref('stg_billing__customers') }}
),

pricing_plans as (
    select * from {{ ref('stg_billing__pricing_plans') }}
),

currencies as (
    select * from {{ ref('stg_billing__currencies') }}
),

dated as (
    select
        phases.*,
        subscriptions.subscription,
        subscriptions.currency,
        subscriptions.interval_months,
        subscriptions.billed_in,
        coalesce(
            subscriptions.anchor_on, {{ period_start('phases.subscription_starts_on') }}
        ) as anchor_on,
        greatest(phases.starts_on, {{ as_of() }} + 1) as next_day
    from phases
    inner join subscriptions on phases.subscription_id = subscriptions.subscription_id
),

-- Of the service periods that the phase has days in, the first that is due after the reporting date.
due as (
    select
        *,
        case
            when is_trial then null
            when billed_in = 'arrears' then {{ next_due_in_arrears() }}
            else {{ next_due_in_advance() }}
        end as next_due_on
    from dated
)

select
    customers.account_number,
    due.subscription,
    pricing_plans.plan_code,
    due.starts_on as phase_start,
    nullif(due.ends_on, 'infinity') as phase_end,
    trim_scale(due.quantity) as quantity,
    nullif(phases_priced.valid_from, '-infinity') as price_valid_from,
    coalesce(phases_priced.is_negotiated, false) as is_negotiated,
    due.interval_months,
    due.billed_in,
    due.next_due_on,
    round(
        case
            when due.starts_on <= {{ as_of() }} and due.ends_on > {{ as_of() }} and due.metric_id is null
                then coalesce(due.quantity * price_tiers.unit_amount / due.interval_months, 0)
            else 0
        end,
        currencies.minor_units
    ) as mrr,
    due.currency,
    due.is_trial,
    {{ as_of() }} as as_of
from due
inner join customers on due.customer_id = customers.customer_id
inner join pricing_plans on due.plan_id = pricing_plans.plan_id
inner join currencies on due.currency = currencies.currency
left join phases_priced
    on
        due.subscription_id = phases_priced.subscription_id
        and due.starts_on = phases_priced.phase_starts_on
        and due.shown_on >= phases_priced.starts_on
        and due.shown_on < phases_priced.ends_on
left join price_tiers
    on
        due.metric_id is null
        and phases_priced.price_id = price_tiers.price_id
