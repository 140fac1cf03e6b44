-- The revenue of the customers, and MRR with what it counts in other months or not at all taken out, are two sums over
-- the same invoices.
with invoices as (
    select
        period as month,
        currency,
        sum(subtotal) as subtotal,
        sum(tax) as tax,
        sum(total) as total
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

moved as (
    select
        {{ period('period_start') }} as month,
        currency,
        sum(amount) as amount
    from {{ ref('int_items_moved') }}
    group by
        {{ period('period_start') }},
        currency
),

mrr as (
    select * from {{ ref('mrr') }}
)

select
    mrr.month,
    mrr.currency,
    mrr.mrr,
    moved.amount as moved,
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
left join moved
    on
        mrr.month = moved.month
        and mrr.currency = moved.currency
where
    mrr.mrr - coalesce(moved.amount, 0) is distinct from coalesce(invoices.subtotal, 0)
    or coalesce(revenue.revenue, 0) is distinct from coalesce(invoices.subtotal, 0)
    or mrr.tax is distinct from coalesce(invoices.tax, 0)
    or mrr.billed is distinct from coalesce(invoices.total, 0)
