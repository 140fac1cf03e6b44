select
    contract_change_id,
    customer_id,
    txid,
    from_on
from {{ source('billing', 'contract_changes') }}
