select
    customer_id,
    account_number,
    name,
    country,
    region,
    currency,
    collection_method,
    segment,
    signed_up_on
from {{ source('billing', 'customers') }}
