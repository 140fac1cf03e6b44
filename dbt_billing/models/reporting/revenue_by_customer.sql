with months as (
    select *
    from {{ ref('int_customer_months_compared') }}
    where mrr <> 0 or previous_mrr <> 0
),

customers as (
    select * from {{ ref('stg_billing__customers') }}
),

currencies as (
    select * from {{ ref('stg_billing__currencies') }}
)

-- Invoices that were made before they kept the segment have none: theirs is the customer's of today.

select
    {{ period('months.period_start') }} as month,
    row_number() over (
        partition by months.period_start, months.currency
        order by months.mrr desc, {{ account_order('customers.account_number') }}
    ) as rank,
    customers.account_number,
    months.customer_name,
    case when months.has_segment then months.segment else customers.segment end as segment,
    months.currency,
    {{ money('months.mrr', 'currencies.minor_units') }} as revenue,
    {{ money('months.previous_mrr', 'currencies.minor_units') }} as previous_revenue,
    {{ money('months.mrr - months.previous_mrr', 'currencies.minor_units') }} as change,
    round(
        100 * (months.mrr - months.previous_mrr) / nullif(months.previous_mrr, 0), 2
    ) as change_pct,
    months.period_start
from months
inner join customers on months.customer_id = customers.customer_id
inner join currencies on months.currency = currencies.currency
