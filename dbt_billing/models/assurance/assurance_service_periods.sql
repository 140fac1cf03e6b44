with subscriptions as (
    select * from {{ ref('stg_billing__subscriptions') }}
),

phases as (
    select * from {{ ref('stg_billing__subscription_phases') }}
),

-- A minimum of a year adds up periods from before the first run.
span as (
    select
        (min(period_start) - interval '1 year')::date as first_day,
        (max(period_start) + interval '1 month')::date as last_day
    from {{ ref('stg_billing__billing_runs') }}
    where is_closed
),

subscribed as (
    select
        subscription_id,
        {{ period_start('min(starts_on)') }} as first_month,
        min(starts_on) as starts_on,
        max(ends_on) as ends_on
    from phases
    group by subscription_id
),

anchored as (
    select
        subscriptions.*,
        subscribed.starts_on,
        subscribed.ends_on,
        span.last_day,
        coalesce(subscriptions.anchor_on, subscribed.first_month) as anchored_on,
        date_trunc('month', greatest(subscribed.starts_on, span.first_day)::timestamp)
        - subscriptions.interval_months * interval '1 month' as from_month
    from subscriptions
    inner join subscribed on subscriptions.subscription_id = subscribed.subscription_id
    cross join span
),

-- The calendar, month by month as far as periods begin in them, and on which day of them.
months as (
    select
        anchored.*,
        month.month::date as month,
        (month.month + anchored.interval_months * interval '1 month')::date as next_month
    from anchored
    cross join lateral generate_series(
        anchored.from_month + interval '1 month' * mod(
            mod(
                {{ month_number('anchored.anchored_on') }} - {{ month_number('anchored.from_month') }},
                anchored.interval_months
            ) + anchored.interval_months,
            anchored.interval_months
        )::integer,
        least(anchored.ends_on, anchored.last_day)::timestamp,
        anchored.interval_months * interval '1 month'
    ) as month (month)
),

periods as (
    select
        *,
        {{ boundary_in_month('month', 'anchored_on') }} as period_start,
        {{ boundary_in_month('next_month', 'anchored_on') }} as period_end
    from months
),

due as (
    select
        periods.*,
        case
            when periods.billed_in = 'arrears' then least(periods.period_end, periods.ends_on)
            else (
                select min(greatest(phases.starts_on, periods.period_start))
                from {{ ref('stg_billing__subscription_phases') }} as phases
                where
                    phases.subscription_id = periods.subscription_id
                    and phases.starts_on < periods.period_end
                    and phases.ends_on > periods.period_start
                    and not phases.is_trial
            )
        end as due_on
    from periods
    where
        periods.starts_on < periods.period_end
        and periods.ends_on > periods.period_start
        and periods.period_start <= periods.last_day
)

select
    format('s%s/%s', subscription_id, to_char(period_start::timestamp, 'YYYY-MM-DD')) as service_key,
    customer_id,
    subscription_id,
    metric_id,
    currency,
    prices_as_of,
    period_start,
    period_end,
    due_on,
    case
        when billed_in = 'advance' then due_on
        when interval_months > 1 then due_on - 1
        else period_end - 1
    end as taxed_on
from due
where due_on is not null
