select
    discount_id,
    customer_id,
    discount_code,
    percent,
    amount,
    currency,
    to_jsonb(plan_codes) as plan_codes,
    starts_on,
    coalesce(ends_on, 'infinity') as ends_on
from {{ source('billing', 'discounts') }}
