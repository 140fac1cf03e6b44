with commitments as (
    select * from {{ ref('stg_billing__commitments') }}
    where ends_on > starts_on
),

runs as (
    select * from {{ ref('stg_billing__billing_runs') }}
    where is_closed
),

span as (
    select
        min(period_start) as first_day,
        (max(period_start) + interval '1 month')::date as last_day
    from runs
),

currencies as (
    select * from {{ ref('stg_billing__currencies') }}
),

periods as (
    select
        commitments.*,
        month.month::date as period_start,
        (month.month + commitments.interval_months * interval '1 month')::date as period_end
    from commitments
    cross join span
    cross join lateral generate_series(
        date_trunc('month', commitments.starts_on::timestamp),
        (least(commitments.ends_on, span.last_day) - 1)::timestamp,
        commitments.interval_months * interval '1 month'
    ) as month (month)
),

days as (
    select
        *,
        least(ends_on, period_end) - greatest(starts_on, period_start) as days,
        period_end - period_start as period_days
    from periods
)

select
    days.commitment_id,
    days.customer_id,
    days.currency,
    days.plan_codes,
    {{ half_up('days.minimum * days.days', 'days.period_days', 'currencies.minor_units') }} as minimum,
    {{ half_up('days.maximum * days.days', 'days.period_days', 'currencies.minor_units') }} as maximum,
    days.period_start,
    days.period_end
from days
inner join currencies on days.currency = currencies.currency
cross join span
where days.period_end > span.first_day and days.period_end <= span.last_day
