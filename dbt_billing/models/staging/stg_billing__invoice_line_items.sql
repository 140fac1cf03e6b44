with source as (
    select * from {{ source('billing', 'invoice_line_items') }}
)

select
    invoice_id,
    position,
    kind,
    plan_code,
    tier,
    description,
    quantity,
    unit_amount,
    amount,
    service_period_start,
    subscription_id,
    tier_position,
    is_tier_flat_amount,
    tax_treatment,
    tax_rate,
    tax_name,
    tax_country,
    tax_region
from source
