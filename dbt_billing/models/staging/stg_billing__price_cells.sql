with source as (
    select * from {{ source('billing', 'price_cells') }}
)

select
    price_id,
    cell_position,
    cell,
    conditions
from source
