with months as (
    select *
    from {{ ref('int_customer_months_compared') }}
    where mrr <> 0 or previous_mrr <> 0
),

customers as (
    select * from {{ ref('stg_billing__customers') }}
)

select
    {{ period('months.period_start') }} as month,
    row_number() over (
        partition by months.period_start, months.currency
        order by months.mrr desc, {{ account_order('customers.account_number') }}
    ) as rank,
    customers.account_number,
    customers.name as customer_name,
    customers.segment,
    months.currency,
    months.mrr as revenue,
    months.previous_mrr as previous_revenue,
    months.mrr - months.previous_mrr as change,
    round(
        100 * (months.mrr - months.previous_mrr) / nullif(months.previous_mrr, 0), 2
    ) as change_pct,
    months.period_start
from months
inner join customers on months.customer_id = customers.customer_id
