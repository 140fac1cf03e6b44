select
    price_id,
    cell_position,
    cell,
    conditions
from {{ source('billing', 'price_cells') }}
