with subscription_phases as (
    select *
    from {{ ref('stg_billing__subscription_phases') }}
    where metric_id is not null and starts_on <= {{ as_of() }} and ends_on > {{ as_of() }}
),

usage_days as (
    select * from {{ ref('int_usage_days_combined') }}
),

usage_days_before as (
    select * from {{ ref('int_usage_days_combined') }}
)

-- The three months of the comparison and the running one are silent, the nine before them were not.
select
    subscription_phases.customer_id,
    subscription_phases.metric_id,
    0::numeric as usage_3,
    0::numeric as usage_2,
    0::numeric as usage_1,
    100.0 as decline_pct
from subscription_phases
where
    not exists (
        select usage_days.usage_day
        from usage_days
        where
            usage_days.customer_id = subscription_phases.customer_id
            and usage_days.metric_id = subscription_phases.metric_id
            and usage_days.quantity > 0
            and usage_days.usage_day >= ({{ period_start(as_of()) }} - interval '3 months')::date
    )
    and exists (
        select usage_days_before.usage_day
        from usage_days_before
        where
            usage_days_before.customer_id = subscription_phases.customer_id
            and usage_days_before.metric_id = subscription_phases.metric_id
            and usage_days_before.quantity > 0
            and usage_days_before.usage_day >= ({{ period_start(as_of()) }} - interval '12 months')::date
    )
