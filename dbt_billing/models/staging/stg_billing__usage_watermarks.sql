with source as (
    select * from {{ source('billing', 'usage_watermarks') }}
)

select rolled_up_before_txid
from source
