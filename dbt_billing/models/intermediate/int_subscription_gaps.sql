with customers as (
    select * from {{ ref('stg_billing__customers') }}
),

metrics as (
    select * from {{ ref('stg_billing__metrics') }}
),

covered as (
    select
        customer_id,
        metric_id,
        range_agg(daterange(starts_on, ends_on)) as days
    from {{ ref('stg_billing__subscriptions') }}
    where metric_id is not null
    group by
        customer_id,
        metric_id
)

select
    customers.customer_id,
    metrics.metric_id,
    lower(gap.days) as starts_on,
    upper(gap.days) as ends_on
from customers
cross join metrics
left join covered
    on
        customers.customer_id = covered.customer_id
        and metrics.metric_id = covered.metric_id
cross join lateral unnest(
    '{[-infinity,infinity)}'::datemultirange - coalesce(covered.days, '{}')
) as gap (days)
