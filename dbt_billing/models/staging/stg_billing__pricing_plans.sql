select
    plan_id,
    plan_code,
    kind,
    metric_id,
    interval_months,
    billed_in
from {{ source('billing', 'pricing_plans') }}
