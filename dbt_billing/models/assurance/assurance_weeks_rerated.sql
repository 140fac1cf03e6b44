with billing_events as (
    select
        *,
        {{ period_start('usage_day') }} as usage_month
    from {{ ref('stg_billing__billing_events_recorded') }}
    where
        txid < (
            select watermarks.rolled_up_before_txid
            from {{ ref('stg_billing__usage_watermarks') }} as watermarks
        )
),

months_accrued as (
    select * from {{ ref('assurance_months_accrued') }}
),

prices_applied as (
    select * from {{ ref('assurance_prices_applied') }}
),

tiers as (
    select
        *,
        max(up_to) over (partition by price_id, cell_position) as highest_up_to
    from {{ ref('assurance_tiers_bounded') }}
),

weeks as (
    select
        months_accrued.period_start,
        {{ week('billing_events.usage_day') }} as week,
        months_accrued.subscription_id,
        prices_applied.price_id,
        {{ cell_of_event() }} as cell_position,
        months_accrued.currency,
        months_accrued.first_week,
        sum(billing_events.quantity) as units
    from billing_events
    inner join months_accrued
        on
            billing_events.customer_id = months_accrued.customer_id
            and billing_events.metric_id = months_accrued.metric_id
            and billing_events.usage_month = months_accrued.period_start
            and billing_events.usage_day >= months_accrued.starts_on
            and billing_events.usage_day < months_accrued.ends_on
    inner join prices_applied
        on
            months_accrued.customer_id = prices_applied.customer_id
            and months_accrued.plan_id = prices_applied.plan_id
            and months_accrued.currency = prices_applied.currency
            and months_accrued.price_day = prices_applied.price_day
    group by
        months_accrued.period_start,
        {{ week('billing_events.usage_day') }},
        months_accrued.subscription_id,
        prices_applied.price_id,
        {{ cell_of_event() }},
        months_accrued.currency,
        months_accrued.first_week
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
            and weeks.price_id = earlier.price_id
            and weeks.cell_position = earlier.cell_position
            and weeks.period_start = earlier.period_start
            and (weeks.week > earlier.week or (weeks.week = earlier.week and bound.sign = 1))
    group by
        weeks.period_start,
        weeks.week,
        weeks.subscription_id,
        weeks.price_id,
        weeks.cell_position,
        weeks.currency,
        weeks.first_week,
        weeks.units,
        bound.sign
),

-- Units above the last tier have no price.
charges as (
    select
        bounds.*,
        tiers.flat_amount + tiers.unit_amount * {{ quantity_in_tier('priced.units') }} as amount
    from bounds
    inner join tiers
        on
            bounds.price_id = tiers.price_id
            and bounds.cell_position = tiers.cell_position
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
group by
    period_start,
    week,
    currency,
    first_week = week
