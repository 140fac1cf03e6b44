select rolled_up_before_txid
from {{ source('billing', 'usage_watermarks') }}
