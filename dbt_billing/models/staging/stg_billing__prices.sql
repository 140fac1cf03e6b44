select
    price_id,
    plan_id,
    customer_id,
    currency,
    pricing_model,
    package_size,
    valid_from,
    coalesce(valid_to, 'infinity') as valid_to
from {{ source('billing', 'prices') }}
