select country
from {{ source('billing', 'seller_profiles') }}
