with days as (
    select
        customer_id,
        metric_id,
        txid,
        usage_day,
        count(*) as events,
        sum(quantity) as quantity
    from {{ ref('stg_billing__billing_events_recorded') }}
    group by
        customer_id,
        metric_id,
        txid,
        usage_day
),

phases as (
    select
        *,
        daterange(min(starts_on) over of_subscription, max(ends_on) over of_subscription) as subscribed
    from {{ ref('stg_billing__subscription_phases') }}
    where metric_id is not null
    window of_subscription as (partition by subscription_id)
),

usage_plans as (
    select * from {{ ref('stg_billing__pricing_plans') }}
    where kind = 'usage'
),

service_periods as (
    select * from {{ ref('assurance_service_periods') }}
)

select
    {{ period_start('days.usage_day') }} as period_start,
    days.customer_id,
    days.metric_id,
    phases.subscription_id,
    service_periods.service_key,
    days.txid,
    case
        when days.metric_id not in (select usage_plans.metric_id from usage_plans) then 'metric_without_plan'
        when phases.subscription_id is not null then null
        when
            exists (
                select around.subscription_id
                from phases as around
                where
                    around.customer_id = days.customer_id
                    and around.metric_id = days.metric_id
                    and around.subscribed @> days.usage_day
            )
            then 'paused'
        else 'no_active_subscription'
    end as uncovered_reason,
    coalesce(phases.is_trial, false) as is_trial,
    days.events,
    days.quantity,
    {{ month_due('service_periods.due_on') }} as due_month
from days
left join phases
    on
        days.customer_id = phases.customer_id
        and days.metric_id = phases.metric_id
        and days.usage_day >= phases.starts_on
        and days.usage_day < phases.ends_on
left join service_periods
    on
        phases.subscription_id = service_periods.subscription_id
        and days.usage_day >= service_periods.period_start
        and days.usage_day < service_periods.period_end
