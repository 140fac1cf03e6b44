with customers as (
    select * from {{ ref('stg_billing__customers') }}
),

metrics as (
    select * from {{ ref('stg_billing__metrics') }}
),

phases as (
    select * from {{ ref('stg_billing__subscription_phases') }}
    where metric_id is not null
),

covered as (
    select
        customer_id,
        metric_id,
        range_agg(daterange(starts_on, ends_on)) as days
    from phases
    group by
        customer_id,
        metric_id
),

-- From the first phase of a subscription to its last, days without one are a pause.
paused as (
    select
        customer_id,
        metric_id,
        range_agg(days) as days
    from (
        select
            customer_id,
            metric_id,
            daterange(min(starts_on), max(ends_on)) as days
        from phases
        group by
            customer_id,
            metric_id,
            subscription_id
    ) as subscriptions
    group by
        customer_id,
        metric_id
)

select
    customers.customer_id,
    metrics.metric_id,
    coalesce(gap.days <@ paused.days, false) as is_paused,
    lower(gap.days) as starts_on,
    upper(gap.days) as ends_on
from customers
cross join metrics
left join covered
    on
        customers.customer_id = covered.customer_id
        and metrics.metric_id = covered.metric_id
left join paused
    on
        customers.customer_id = paused.customer_id
        and metrics.metric_id = paused.metric_id
cross join lateral unnest(
    '{[-infinity,infinity)}'::datemultirange - coalesce(covered.days, '{}')
) as gap (days)
