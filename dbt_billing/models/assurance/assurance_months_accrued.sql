with months as (
    select distinct period_start
    from {{ ref('stg_billing__accrued_weeks') }}
),

phases as (
    select
        *,
        min(starts_on) over (partition by customer_id) as customer_starts_on
    from {{ ref('stg_billing__subscription_phases') }}
),

subscriptions as (
    select * from {{ ref('stg_billing__subscriptions') }}
    where metric_id is not null
)

select
    months.period_start,
    phases.subscription_id,
    phases.customer_id,
    phases.plan_id,
    phases.metric_id,
    subscriptions.currency,
    greatest(phases.starts_on, months.period_start) as starts_on,
    least(phases.ends_on, (months.period_start + interval '1 month')::date) as ends_on,
    {{ week('phases.customer_starts_on') }} as first_week,
    coalesce(
        subscriptions.prices_as_of,
        min(greatest(phases.starts_on, months.period_start)) over (
            partition by phases.subscription_id, phases.plan_id, months.period_start
        )
    ) as price_day
from months
inner join phases
    on
        (months.period_start + interval '1 month')::date > phases.starts_on
        and months.period_start < phases.ends_on
inner join subscriptions on phases.subscription_id = subscriptions.subscription_id
where not phases.is_trial
