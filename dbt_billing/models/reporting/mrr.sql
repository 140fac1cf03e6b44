with movements_summed as (
    select * from {{ ref('int_movements_summed') }}
),

recurring_months as (
    select * from {{ ref('int_recurring_months_itemized') }}
),

months_billed as (
    select * from {{ ref('int_months_billed') }}
),

movements as (
    select
        period_start,
        currency,
        sum(mrr) as mrr,
        sum(mrr - previous_mrr) filter (where movement = 'new') as new,
        sum(mrr - previous_mrr) filter (where movement = 'expansion') as expansion,
        sum(mrr - previous_mrr) filter (where movement = 'contraction') as contraction,
        sum(mrr - previous_mrr) filter (where movement = 'churned') as churned,
        sum(mrr) filter (where not has_successor) as lost_afterwards
    from movements_summed
    group by
        period_start,
        currency
),

-- From a currency's first month to the last one billed in any currency: a gap shows as zeros.
first_months as (
    select
        currency,
        min(period_start) as first_month
    from movements
    group by currency
),

months as (
    select
        first_months.currency,
        month.period_start::date as period_start
    from first_months
    cross join generate_series(
        first_months.first_month::timestamp,
        (select max(months_billed.period_start) from months_billed),
        interval '1 month'
    ) as month (period_start)
),

added_up as (
    select
        months.period_start,
        months.currency,
        coalesce(recurring_months.usage, 0) as usage,
        coalesce(recurring_months.subscription, 0) as subscription,
        coalesce(recurring_months.proration, 0) as proration,
        coalesce(movements.mrr, 0) as mrr,
        coalesce(months_billed.tax, 0) as tax,
        coalesce(months_billed.total, 0) as billed,
        coalesce(movements.new, 0) as new,
        coalesce(movements.expansion, 0) as expansion,
        coalesce(movements.contraction, 0) as contraction,
        coalesce(movements.churned, 0) - coalesce(previous.lost_afterwards, 0) as churned
    from months
    left join movements
        on
            months.period_start = movements.period_start
            and months.currency = movements.currency
    left join movements as previous
        on
            months.period_start = (previous.period_start + interval '1 month')::date
            and months.currency = previous.currency
    left join recurring_months
        on
            months.period_start = recurring_months.period_start
            and months.currency = recurring_months.currency
    left join months_billed
        on
            months.period_start = months_billed.period_start
            and months.currency = months_billed.currency
)

select
    {{ period('period_start') }} as month,
    currency,
    usage,
    subscription,
    proration,
    mrr,
    tax,
    billed,
    round(
        mrr / nullif(lag(mrr) over (partition by currency order by period_start), 0) - 1, 6
    ) as growth,
    new,
    expansion,
    contraction,
    churned,
    period_start
from added_up
