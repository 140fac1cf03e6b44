with source as (
    select * from {{ source('billing', 'countries') }}
)

select
    country,
    is_eu_member
from source
