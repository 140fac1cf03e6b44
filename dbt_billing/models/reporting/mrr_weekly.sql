with usage_weeks as (
    select * from {{ ref('int_usage_weeks_accrued') }}
),

subscription_weeks as (
    select * from {{ ref('int_subscription_weeks_accrued') }}
),

weeks as (
    select
        week,
        min(starts_on) as starts_on,
        sum(ends_on - starts_on)::integer as days
    from {{ ref('int_weeks_split') }}
    group by week
),

currencies as (
    select * from {{ ref('stg_billing__currencies') }}
),

accrued as (
    select
        week,
        currency,
        is_of_new_customers,
        amount as usage,
        0 as subscription
    from usage_weeks
    where period_start >= (select min(weeks.starts_on) from weeks)
    union all
    select
        week,
        currency,
        is_of_new_customers,
        0 as usage,
        amount as subscription
    from subscription_weeks
),

added_up as (
    select
        weeks.week,
        weeks.days,
        currencies.currency,
        round(coalesce(sum(accrued.usage), 0), currencies.minor_units) as usage,
        round(coalesce(sum(accrued.subscription), 0), currencies.minor_units) as subscription,
        round(coalesce(sum(accrued.usage + accrued.subscription) filter (
            where accrued.is_of_new_customers
        ), 0), currencies.minor_units) as new_customers_mrr
    from weeks
    cross join currencies
    left join accrued
        on
            weeks.week = accrued.week
            and currencies.currency = accrued.currency
    where currencies.currency in (select in_use.currency from accrued as in_use)
    group by
        weeks.week,
        weeks.days,
        currencies.currency,
        currencies.minor_units
),

-- Part of a week is not compared with a whole one.
compared as (
    select
        *,
        usage + subscription as mrr,
        case
            when days = 7 and lag(days) over by_week = 7
                then lag(usage + subscription) over by_week
        end as previous_mrr
    from added_up
    window by_week as (partition by currency order by week)
)

select
    week,
    currency,
    usage,
    subscription,
    mrr,
    round(mrr / nullif(previous_mrr, 0) - 1, 6) as growth,
    new_customers_mrr,
    mrr - new_customers_mrr as existing_customers_mrr,
    days
from compared
