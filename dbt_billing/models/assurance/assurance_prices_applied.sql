with plans as (
    select distinct
        service_key,
        customer_id,
        plan_id,
        currency,
        price_day
    from {{ ref('assurance_phases_rerated') }}
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
        plans.service_key,
        plans.plan_id,
        prices.price_id,
        prices.customer_id is not null as is_negotiated,
        prices.valid_to > plans.price_day as is_valid,
        row_number() over (
            partition by plans.service_key, plans.plan_id, prices.customer_id is not null
            order by prices.valid_from desc
        ) as place
    from plans
    inner join prices
        on
            plans.plan_id = prices.plan_id
            and plans.currency = prices.currency
            and plans.customer_id = coalesce(prices.customer_id, plans.customer_id)
            and plans.price_day >= prices.valid_from
),

-- An own price that has ended gives way to the list, not to an older one.
applied as (
    select distinct on (service_key, plan_id)
        service_key,
        plan_id,
        price_id
    from ranked
    where place = 1 and is_valid
    order by
        service_key asc,
        plan_id asc,
        is_negotiated desc
)

select
    applied.service_key,
    applied.plan_id,
    applied.price_id,
    case when cells.has_no_conditions then cells.first_cell end as only_cell
from applied
inner join cells on applied.price_id = cells.price_id
