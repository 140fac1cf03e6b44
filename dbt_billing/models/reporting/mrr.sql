with movements_summed as (
    select * from {{ ref('int_movements_summed') }}
),

months_itemized as (
    select * from {{ ref('int_months_itemized') }}
),

movements as (
    select
        period_start,
        currency,
        sum(mrr) as mrr,
        sum(tax) as tax,
        sum(billed) as billed,
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
        (select max(movements.period_start) from movements),
        interval '1 month'
    ) as month (period_start)
),

added_up as (
    select
        months.period_start,
        months.currency,
        coalesce(months_itemized.usage, 0) as usage,
        coalesce(months_itemized.subscription, 0) as subscription,
        coalesce(months_itemized.proration, 0) as proration,
        coalesce(movements.mrr, 0) as mrr,
        coalesce(movements.tax, 0) as tax,
        coalesce(movements.billed, 0) as billed,
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
    left join months_itemized
        on
            months.period_start = months_itemized.period_start
            and months.currency = months_itemized.currency
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
