with mrr as (
    select * from {{ ref('dbt_billing', 'mrr') }}
)

select
    month,
    currency,
    12 * mrr as arr,
    12 * (mrr - lag(mrr) over (partition by currency order by period_start)) as change,
    period_start
from mrr
