with daily_usage as (
    select * from {{ ref('stg_billing__daily_usage') }}
),

uncounted as (
    select * from {{ ref('int_usage_days_uncounted') }}
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
    quantity,
    false as is_rolled_up
from uncounted
