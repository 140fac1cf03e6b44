with customer_months as (
    select * from {{ ref('int_customer_months_unbilled') }}
),

subscriptions as (
    select * from {{ ref('stg_billing__subscriptions') }}
    where metric_id is not null
),

phases as (
    select * from {{ ref('stg_billing__subscription_phases') }}
    where metric_id is not null
),

spans as (
    select
        subscriptions.subscription_id,
        coalesce(subscriptions.anchor_on, {{ period_start('min(phases.starts_on)') }}) as anchor_on,
        max(phases.ends_on) as ends_on
    from subscriptions
    inner join phases on subscriptions.subscription_id = phases.subscription_id
    group by
        subscriptions.subscription_id,
        subscriptions.anchor_on
),

-- Usage is billed by the month: what is due in a month began in it or in the one before.
service_periods as (
    select
        customer_months.customer_id,
        customer_months.reason,
        subscriptions.subscription_id,
        {{ boundary_in_month('months.month', 'spans.anchor_on') }} as starts_on,
        {{ boundary_in_month('months.next_month', 'spans.anchor_on') }} as ends_on,
        spans.ends_on as last_ends_on,
        customer_months.period_start as month,
        (customer_months.period_start + interval '1 month')::date as next_month
    from customer_months
    inner join subscriptions on customer_months.customer_id = subscriptions.customer_id
    inner join spans on subscriptions.subscription_id = spans.subscription_id
    cross join lateral (
        values
        ((customer_months.period_start - interval '1 month')::date, customer_months.period_start),
        (customer_months.period_start, (customer_months.period_start + interval '1 month')::date)
    ) as months (month, next_month)
)

select
    service_periods.customer_id,
    phases.metric_id,
    service_periods.reason,
    greatest(service_periods.starts_on, phases.starts_on) as starts_on,
    least(service_periods.ends_on, phases.ends_on) as ends_on
from service_periods
inner join phases
    on
        service_periods.subscription_id = phases.subscription_id
        and service_periods.starts_on < phases.ends_on
        and service_periods.ends_on > phases.starts_on
where
    not phases.is_trial
    and least(service_periods.ends_on, service_periods.last_ends_on) > service_periods.month
    and least(service_periods.ends_on, service_periods.last_ends_on) <= service_periods.next_month
