-- MRR and the revenue of the customers are two sums over the same invoices.
with invoices as (
    select
        period as month,
        currency,
        sum(subtotal) as subtotal
    from {{ ref('invoices') }}
    where status <> 'void'
    group by
        period,
        currency
),

revenue as (
    select
        month,
        currency,
        sum(revenue) as revenue
    from {{ ref('revenue_by_customer') }}
    group by
        month,
        currency
),

mrr as (
    select * from {{ ref('mrr') }}
)

select
    mrr.month,
    mrr.currency,
    mrr.mrr,
    invoices.subtotal,
    revenue.revenue
from mrr
full join invoices
    on
        mrr.month = invoices.month
        and mrr.currency = invoices.currency
left join revenue
    on
        mrr.month = revenue.month
        and mrr.currency = revenue.currency
where
    mrr.mrr is distinct from coalesce(invoices.subtotal, 0)
    or mrr.mrr is distinct from coalesce(revenue.revenue, 0)
