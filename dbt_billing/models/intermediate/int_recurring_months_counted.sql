with invoices as (
    select *
    from {{ ref('int_invoices_dated') }}
    where not is_void
),

items_moved as (
    select * from {{ ref('int_items_moved') }}
),

months_normalized as (
    select * from {{ ref('int_months_normalized') }}
),

entries as (
    select
        customer_id,
        currency,
        period_start,
        subtotal as mrr,
        subtotal as full_mrr
    from invoices
    union all
    select
        customer_id,
        currency,
        period_start,
        amount as mrr,
        amount as full_mrr
    from items_moved
    union all
    select
        customer_id,
        currency,
        period_start,
        0 as mrr,
        -amount as full_mrr
    from months_normalized
)

-- What is taken off a month whose fees fell within it may be more than the last of them: no full month is below zero.
select
    customer_id,
    currency,
    period_start,
    sum(mrr) as mrr,
    greatest(sum(full_mrr), 0) as full_mrr
from entries
group by
    customer_id,
    currency,
    period_start
