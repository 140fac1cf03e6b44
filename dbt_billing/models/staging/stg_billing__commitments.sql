select
    commitment_id,
    customer_id,
    commitment_code,
    minimum,
    maximum,
    currency,
    interval_months,
    to_jsonb(plan_codes) as plan_codes,
    starts_on,
    coalesce(ends_on, 'infinity') as ends_on
from {{ source('billing', 'commitments') }}
