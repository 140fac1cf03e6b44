with phases as (
    select
        *,
        min(starts_on) filter (where not is_trial) over (partition by subscription_id, plan_id) as plan_starts_on,
        min(starts_on) over (partition by subscription_id) as subscription_starts_on
    from {{ ref('stg_billing__subscription_phases') }}
),

subscriptions as (
    select * from {{ ref('stg_billing__subscriptions') }}
),

prices as (
    select * from {{ ref('stg_billing__prices') }}
),

-- With a day of its own, a subscription has the prices of that day throughout.
candidates as (
    select
        phases.subscription_id,
        phases.starts_on,
        phases.ends_on,
        phases.plan_starts_on,
        prices.price_id,
        prices.customer_id is not null as is_negotiated,
        prices.valid_from,
        prices.valid_to,
        subscriptions.prices_as_of,
        subscriptions.interval_months,
        coalesce(
            subscriptions.anchor_on, {{ period_start('phases.subscription_starts_on') }}
        ) as anchor_on
    from phases
    inner join subscriptions on phases.subscription_id = subscriptions.subscription_id
    inner join prices
        on
            phases.plan_id = prices.plan_id
            and subscriptions.currency = prices.currency
            and phases.customer_id = coalesce(prices.customer_id, phases.customer_id)
    where
        not phases.is_trial
        and coalesce(prices.valid_from <= subscriptions.prices_as_of, true)
),

-- A price holds for whole service periods: it begins with the first whose price day it covers.
dated as (
    select
        *,
        {{ first_day_priced('valid_from') }} as from_day,
        {{ first_day_priced('valid_to') }} as to_day
    from candidates
),

-- The next price ends it, and an own price may end by itself, which does not bring back an older one.
ranged as (
    select
        subscription_id,
        starts_on,
        price_id,
        is_negotiated,
        valid_from,
        daterange(from_day, ends_on) * daterange(from_day, greatest(from_day, to_day)) * daterange(
            from_day,
            lead(from_day) over (
                partition by subscription_id, starts_on, is_negotiated
                order by valid_from
            )
        ) as days
    from dated
    where from_day < ends_on
),

listed as (
    select
        *,
        range_agg(days) filter (where is_negotiated) over (
            partition by subscription_id, starts_on
        ) as negotiated_days
    from ranged
)

select
    listed.subscription_id,
    listed.starts_on as phase_starts_on,
    listed.price_id,
    listed.is_negotiated,
    listed.valid_from,
    lower(stretch.days) as starts_on,
    upper(stretch.days) as ends_on
from listed
cross join lateral unnest(
    case
        when listed.is_negotiated then listed.days::datemultirange
        else listed.days::datemultirange - coalesce(listed.negotiated_days, '{}')
    end
) as stretch (days)
