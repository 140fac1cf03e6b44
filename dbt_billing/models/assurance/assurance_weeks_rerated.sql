with billing_events as (
    select *
    from {{ ref('stg_billing__billing_events_recorded') }}
    where
        txid < (
            select watermarks.rolled_up_before_txid
            from {{ ref('stg_billing__usage_watermarks') }} as watermarks
        )
),

subscriptions as (
    select
        *,
        min(starts_on) over (partition by customer_id) as customer_starts_on
    from {{ ref('stg_billing__subscriptions') }}
),

months as (
    select distinct period_start
    from {{ ref('stg_billing__accrued_weeks') }}
),

tiers as (
    select
        *,
        max(up_to) over (partition by plan_id) as highest_up_to
    from {{ ref('assurance_tiers_bounded') }}
),

weeks as (
    select
        months.period_start,
        {{ week('billing_events.usage_day') }} as week,
        subscriptions.subscription_id,
        subscriptions.plan_id,
        subscriptions.currency,
        {{ week('subscriptions.customer_starts_on') }} as first_week,
        sum(billing_events.quantity) as units
    from billing_events
    inner join months on {{ period_start('billing_events.usage_day') }} = months.period_start
    inner join subscriptions
        on
            billing_events.customer_id = subscriptions.customer_id
            and billing_events.metric_id = subscriptions.metric_id
            and billing_events.usage_day between subscriptions.starts_on and subscriptions.ends_on - 1
    group by 1, 2, 3, 4, 5, 6
),

-- The month's units at the end of the week, and before it; the week is charged with the difference.
bounds as (
    select
        weeks.*,
        bound.sign,
        coalesce(sum(earlier.units), 0) as units_to_date
    from weeks
    cross join (values (1), (-1)) as bound (sign)
    left join weeks as earlier
        on
            weeks.subscription_id = earlier.subscription_id
            and weeks.period_start = earlier.period_start
            and (weeks.week > earlier.week or (weeks.week = earlier.week and bound.sign = 1))
    group by 1, 2, 3, 4, 5, 6, 7, 8
),

-- Units above the last tier have no price.
charges as (
    select
        bounds.*,
        tiers.flat_amount + tiers.unit_amount * {{ quantity_in_tier('priced.units') }} as amount
    from bounds
    inner join tiers on bounds.plan_id = tiers.plan_id
    cross join
        lateral (
            select least(bounds.units_to_date, tiers.highest_up_to) as units
        ) as priced
    where {{ is_in_tier('priced.units') }}
)

select
    period_start,
    week,
    currency,
    first_week = week as is_of_new_customers,
    sum(sign * amount) as amount
from charges
group by 1, 2, 3, 4
