with months as (
    select * from {{ ref('int_months_moved') }}
),

recurring_months as (
    select * from {{ ref('int_recurring_months_itemized') }}
),

months_billed as (
    select * from {{ ref('int_months_billed') }}
)

select
    {{ period('months.period_start') }} as month,
    months.currency,
    {{ money('recurring_months.usage', 'months.minor_units') }} as usage,
    {{ money('recurring_months.subscription', 'months.minor_units') }} as subscription,
    {{ money('recurring_months.proration', 'months.minor_units') }} as proration,
    months.mrr,
    {{ money('months_billed.tax', 'months.minor_units') }} as tax,
    {{ money('months_billed.total', 'months.minor_units') }} as billed,
    round(months.mrr / nullif(months.previous_mrr, 0) - 1, 6) as growth,
    months.new,
    months.expansion,
    months.contraction,
    months.churned,
    months.period_start,
    months.reactivated,
    months.proration_effect
from months
left join recurring_months
    on
        months.period_start = recurring_months.period_start
        and months.currency = recurring_months.currency
left join months_billed
    on
        months.period_start = months_billed.period_start
        and months.currency = months_billed.currency
