with billing_events as (
    select * from {{ ref('stg_billing__billing_events') }}
),

usage_watermarks as (
    select * from {{ ref('stg_billing__usage_watermarks') }}
)

select
    customer_id,
    metric_id,
    sum(quantity) as quantity,
    usage_day,
    {{ period_start('usage_day') }} as period_start
from billing_events
where txid >= (select usage_watermarks.rolled_up_before_txid from usage_watermarks)
group by
    customer_id,
    metric_id,
    usage_day
