with daily_usage as (
    select * from {{ ref('stg_billing__daily_usage') }}
),

billing_events as (
    select * from {{ ref('stg_billing__billing_events') }}
),

usage_watermarks as (
    select * from {{ ref('stg_billing__usage_watermarks') }}
)

select
    customer_id,
    metric_id,
    usage_day,
    quantity,
    true as is_rolled_up
from daily_usage
union all
select
    customer_id,
    metric_id,
    usage_day,
    sum(quantity) as quantity,
    false as is_rolled_up
from billing_events
where txid >= (select usage_watermarks.rolled_up_before_txid from usage_watermarks)
group by
    customer_id,
    metric_id,
    usage_day
