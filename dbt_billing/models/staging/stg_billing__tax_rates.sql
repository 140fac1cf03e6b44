select
    tax_rate_id,
    country,
    region,
    name as tax_name,
    rate as tax_rate,
    valid_from,
    coalesce(valid_to, 'infinity') as valid_to
from {{ source('billing', 'tax_rates') }}
