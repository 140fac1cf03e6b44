with movements_summed as (
    select * from {{ ref('int_movements_summed') }}
),

months_billed as (
    select * from {{ ref('int_months_billed') }}
),

items_moved as (
    select * from {{ ref('int_items_moved') }}
),

currencies as (
    select * from {{ ref('stg_billing__currencies') }}
),

movements as (
    select
        period_start,
        currency,
        sum(mrr) as mrr,
        sum(previous_mrr) as previous_mrr,
        sum(previous_full_mrr) as opening_mrr,
        sum(full_mrr - previous_full_mrr) filter (where movement = 'new') as new,
        sum(full_mrr - previous_full_mrr) filter (where movement = 'expansion') as expansion,
        sum(full_mrr - previous_full_mrr) filter (where movement = 'contraction') as contraction,
        sum(full_mrr - previous_full_mrr) filter (where movement = 'churned') as churned,
        sum(full_mrr - previous_full_mrr) filter (where movement = 'reactivated') as reactivated,
        sum(mrr - full_mrr) - sum(previous_mrr - previous_full_mrr) as proration_effect,
        sum(customers) as customers,
        sum(customers) filter (where movement = 'new') as new_customers,
        sum(previous_customers) filter (where movement = 'churned') as churned_customers,
        sum(customers) filter (where movement = 'reactivated') as reactivated_customers
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
    from (
        select
            currency,
            period_start
        from months_billed
        union all
        select
            currency,
            period_start
        from items_moved
    ) as months_counted
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
)

select
    months.period_start,
    months.currency,
    currencies.minor_units,
    {{ money('movements.mrr', 'currencies.minor_units') }} as mrr,
    {{ money('movements.previous_mrr', 'currencies.minor_units') }} as previous_mrr,
    {{ money('movements.opening_mrr', 'currencies.minor_units') }} as opening_mrr,
    {{ money('movements.new', 'currencies.minor_units') }} as new,
    {{ money('movements.expansion', 'currencies.minor_units') }} as expansion,
    {{ money('movements.contraction', 'currencies.minor_units') }} as contraction,
    {{ money('movements.churned', 'currencies.minor_units') }} as churned,
    {{ money('movements.reactivated', 'currencies.minor_units') }} as reactivated,
    {{ money('movements.proration_effect', 'currencies.minor_units') }} as proration_effect,
    coalesce(movements.customers, 0)::bigint as customers,
    coalesce(movements.new_customers, 0)::bigint as new_customers,
    coalesce(movements.churned_customers, 0)::bigint as churned_customers,
    coalesce(movements.reactivated_customers, 0)::bigint as reactivated_customers
from months
inner join currencies on months.currency = currencies.currency
left join movements
    on
        months.period_start = movements.period_start
        and months.currency = movements.currency
