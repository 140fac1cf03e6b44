with source as (
    select * from {{ source('billing', 'pricing_plans') }}
)

select
    plan_id,
    plan_code,
    kind,
    currency,
    metric_id,
    unit_amount,
    pricing_model,
    package_size
from source
