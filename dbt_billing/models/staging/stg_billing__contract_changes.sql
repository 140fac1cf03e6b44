with source as (
    select * from {{ source('billing', 'contract_changes') }}
)

select
    contract_change_id,
    customer_id,
    txid,
    from_on
from source
