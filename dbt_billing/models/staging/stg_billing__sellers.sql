with source as (
    select * from {{ source('billing', 'seller_profiles') }}
)

select country
from source
