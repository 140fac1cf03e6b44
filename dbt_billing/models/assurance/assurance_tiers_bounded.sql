with prices as (
    select * from {{ ref('stg_billing__prices') }}
),

price_cells as (
    select * from {{ ref('stg_billing__price_cells') }}
),

price_tiers as (
    select * from {{ ref('stg_billing__price_tiers') }}
)

select
    prices.price_id,
    prices.pricing_model,
    prices.package_size,
    price_cells.cell_position,
    price_cells.cell,
    price_tiers.tier_position,
    price_tiers.tier,
    lag(price_tiers.up_to, 1, 0::numeric) over (
        partition by price_tiers.price_id, price_tiers.cell_position
        order by price_tiers.up_to
    ) as above,
    price_tiers.up_to,
    price_tiers.unit_amount,
    price_tiers.flat_amount
from prices
inner join price_cells on prices.price_id = price_cells.price_id
inner join price_tiers
    on
        price_cells.price_id = price_tiers.price_id
        and price_cells.cell_position = price_tiers.cell_position
