with source as (
    select * from {{ source('billing', 'plan_prices') }}
)

select
    plan_id,
    plan_code,
    pricing_model,
    package_size,
    tiers,
    highest_up_to
from source
