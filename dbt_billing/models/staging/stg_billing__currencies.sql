with source as (
    select * from {{ source('billing', 'currencies') }}
)

select
    currency,
    exponent as minor_units
from source
