select
    price_id,
    cell_position,
    tier_position,
    tier,
    coalesce(up_to, 'infinity') as up_to,
    unit_amount,
    flat_amount
from {{ source('billing', 'price_tiers') }}
