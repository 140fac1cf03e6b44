select
    billing_run_id,
    customer_id,
    outcome,
    usage_before_txid
from {{ source('billing', 'billing_run_customers') }}
