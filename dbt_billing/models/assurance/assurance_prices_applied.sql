with phases as (
    select * from {{ ref('assurance_phases_rerated') }}
),

-- What usage accrues by the week is priced as if service periods were the months of the calendar.
months as (
    select * from {{ ref('assurance_months_accrued') }}
),

days as (
    select
        customer_id,
        plan_id,
        currency,
        price_day
    from phases
    union
    select
        customer_id,
        plan_id,
        currency,
        price_day
    from months
),

prices as (
    select * from {{ ref('stg_billing__prices') }}
),

cells as (
    select
        price_id,
        bool_and(conditions = '{}') as has_no_conditions,
        min(cell_position) as first_cell
    from {{ ref('stg_billing__price_cells') }}
    group by price_id
),

-- All prices that have begun, the latest first, the list apart from the customer's own.
ranked as (
    select
        days.customer_id,
        days.plan_id,
        days.currency,
        days.price_day,
        prices.price_id,
        prices.customer_id is not null as is_negotiated,
        prices.valid_to > days.price_day as is_valid,
        row_number() over (
            partition by days.customer_id, days.plan_id, days.currency, days.price_day, prices.customer_id is not null
            order by prices.valid_from desc
        ) as place
    from days
    inner join prices
        on
            days.plan_id = prices.plan_id
            and days.currency = prices.currency
            and days.customer_id = coalesce(prices.customer_id, days.customer_id)
            and days.price_day >= prices.valid_from
),

-- An own price that has ended gives way to the list, not to an older one.
applied as (
    select distinct on (customer_id, plan_id, currency, price_day)
        customer_id,
        plan_id,
        currency,
        price_day,
        price_id
    from ranked
    where place = 1 and is_valid
    order by
        customer_id asc,
        plan_id asc,
        currency asc,
        price_day asc,
        is_negotiated desc
)

select
    applied.customer_id,
    applied.plan_id,
    applied.currency,
    applied.price_day,
    applied.price_id,
    case when cells.has_no_conditions then cells.first_cell end as only_cell
from applied
inner join cells on applied.price_id = cells.price_id
