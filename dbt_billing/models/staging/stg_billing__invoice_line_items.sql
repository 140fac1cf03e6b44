with source as (
    select * from {{ source('billing', 'invoice_line_items') }}
)

select
    invoice_id,
    position,
    subscription_id,
    discount_id,
    commitment_id,
    charge_id,
    price_id,
    service_key,
    charge_key,
    kind,
    charge_kind,
    plan_code,
    cell,
    tier,
    description,
    tax_treatment,
    tax_rate,
    tax_name,
    tax_country,
    tax_region,
    quantity,
    unit_amount,
    gross_amount,
    amount,
    service_period_start,
    service_period_end,
    taxed_on
from source
