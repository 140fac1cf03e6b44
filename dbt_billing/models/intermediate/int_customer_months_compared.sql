with invoices as (
    select *
    from {{ ref('int_invoices_itemized') }}
    where not is_void
),

-- Each invoice counts twice: in its own month, and as what the next month is compared with.
entries as (
    select
        period_start,
        customer_id,
        currency,
        usage,
        subscription,
        proration,
        subtotal as mrr,
        tax,
        total as billed,
        0 as previous_mrr
    from invoices
    union all
    select
        (period_start + interval '1 month')::date as period_start,
        customer_id,
        currency,
        0 as usage,
        0 as subscription,
        0 as proration,
        0 as mrr,
        0 as tax,
        0 as billed,
        subtotal as previous_mrr
    from invoices
),

last_month as (
    select max(period_start) as period_start
    from {{ ref('int_invoices_dated') }}
    where not is_void
),

months as (
    select
        period_start,
        customer_id,
        currency,
        sum(usage) as usage,
        sum(subscription) as subscription,
        sum(proration) as proration,
        sum(mrr) as mrr,
        sum(tax) as tax,
        sum(billed) as billed,
        sum(previous_mrr) as previous_mrr
    from entries
    where period_start <= (select last_month.period_start from last_month)
    group by
        period_start,
        customer_id,
        currency
)

select
    *,
    case
        when mrr = previous_mrr then 'unchanged'
        when previous_mrr = 0 then 'new'
        when mrr = 0 then 'churned'
        when mrr > previous_mrr then 'expansion'
        else 'contraction'
    end as movement
from months
