select
    currency,
    exponent as minor_units
from {{ source('billing', 'currencies') }}
