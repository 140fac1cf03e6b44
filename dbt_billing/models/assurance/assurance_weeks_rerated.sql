with events_priced as (
    select *
    from {{ ref('assurance_events_priced') }}
    where
        txid < (
            select watermarks.rolled_up_before_txid
            from {{ ref('stg_billing__usage_watermarks') }} as watermarks
        )
),

beginnings as (
    select
        customer_id,
        {{ week('min(starts_on)') }} as first_week
    from {{ ref('stg_billing__subscription_phases') }}
    group by 1
),

months as (
    select distinct period_start
    from {{ ref('stg_billing__accrued_weeks') }}
),

tiers as (
    select
        *,
        max(up_to) over (partition by price_id, cell_position) as highest_up_to
    from {{ ref('assurance_tiers_bounded') }}
),

weeks as (
    select
        service_key,
        plan_id,
        price_id,
        cell_position,
        customer_id,
        currency,
        usage_month,
        {{ week('usage_day') }} as week,
        sum(quantity) as units
    from events_priced
    group by 1, 2, 3, 4, 5, 6, 7, 8
),

-- The service period's units at the end of the week, and before it; the week is charged with the difference.
bounds as (
    select
        weeks.*,
        bound.sign,
        coalesce(sum(earlier.units), 0) as units_to_date
    from weeks
    cross join (values (1), (-1)) as bound (sign)
    left join weeks as earlier
        on
            weeks.service_key = earlier.service_key
            and weeks.plan_id = earlier.plan_id
            and weeks.cell_position = earlier.cell_position
            and (earlier.usage_month, earlier.week) <= (weeks.usage_month, weeks.week)
            and (bound.sign = 1 or (earlier.usage_month, earlier.week) < (weeks.usage_month, weeks.week))
    group by 1, 2, 3, 4, 5, 6, 7, 8, 9, 10
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
    charges.usage_month as period_start,
    charges.week,
    charges.currency,
    beginnings.first_week = charges.week as is_of_new_customers,
    sum(charges.sign * charges.amount) as amount
from charges
inner join months on charges.usage_month = months.period_start
inner join beginnings on charges.customer_id = beginnings.customer_id
group by 1, 2, 3, 4
