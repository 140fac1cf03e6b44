select
    country,
    is_eu_member
from {{ source('billing', 'countries') }}
