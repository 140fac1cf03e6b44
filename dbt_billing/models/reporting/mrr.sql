with customer_months as (
    select * from {{ ref('int_customer_months_compared') }}
),

-- From a currency's first month to the last one billed in any currency: a gap shows as zeros.
first_months as (
    select
        currency,
        min(period_start) as first_month
    from customer_months
    group by currency
),

months as (
    select
        first_months.currency,
        month.period_start::date as period_start
    from first_months
    cross join generate_series(
        first_months.first_month::timestamp,
        (select max(customer_months.period_start) from customer_months),
        interval '1 month'
    ) as month (period_start)
),

added_up as (
    select
        months.period_start,
        months.currency,
        coalesce(sum(customer_months.usage), 0) as usage,
        coalesce(sum(customer_months.subscription), 0) as subscription,
        coalesce(sum(customer_months.proration), 0) as proration,
        coalesce(sum(customer_months.mrr), 0) as mrr,
        coalesce(sum(customer_months.tax), 0) as tax,
        coalesce(sum(customer_months.billed), 0) as billed,
        coalesce(sum(customer_months.mrr - customer_months.previous_mrr) filter (
            where customer_months.movement = 'new'
        ), 0) as new,
        coalesce(sum(customer_months.mrr - customer_months.previous_mrr) filter (
            where customer_months.movement = 'expansion'
        ), 0) as expansion,
        coalesce(sum(customer_months.mrr - customer_months.previous_mrr) filter (
            where customer_months.movement = 'contraction'
        ), 0) as contraction,
        coalesce(sum(customer_months.mrr - customer_months.previous_mrr) filter (
            where customer_months.movement = 'churned'
        ), 0) as churned
    from months
    left join customer_months
        on
            months.period_start = customer_months.period_start
            and months.currency = customer_months.currency
    group by
        months.period_start,
        months.currency
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
