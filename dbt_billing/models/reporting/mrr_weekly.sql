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
        {{ money('sum(accrued.usage) filter (where accrued.is_of_new_customers)', 'currencies.minor_units') }}
            as new_usage,
        {{ money('sum(accrued.usage) filter (where not accrued.is_of_new_customers)', 'currencies.minor_units') }}
            as existing_usage,
        {{ money('sum(accrued.subscription) filter (where accrued.is_of_new_customers)', 'currencies.minor_units') }}
            as new_subscription,
        {{ money(
            'sum(accrued.subscription) filter (where not accrued.is_of_new_customers)', 'currencies.minor_units'
        ) }}
            as existing_subscription
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

-- Each part is rounded once and then added, by either way to the same sum.
parts_added as (
    select
        week,
        days,
        currency,
        new_usage + existing_usage as usage,
        new_subscription + existing_subscription as subscription,
        new_usage + new_subscription as new_customers_mrr,
        existing_usage + existing_subscription as existing_customers_mrr,
        new_usage + existing_usage + new_subscription + existing_subscription as mrr
    from added_up
),

-- Part of a week is not compared with a whole one.
compared as (
    select
        *,
        case
            when days = 7 and lag(days) over by_week = 7
                then lag(mrr) over by_week
        end as previous_mrr
    from parts_added
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
    existing_customers_mrr,
    days
from compared
