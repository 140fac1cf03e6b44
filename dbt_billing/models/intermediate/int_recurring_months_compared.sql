with invoices as (
    select *
    from {{ ref('int_invoices_dated') }}
    where not is_void
),

items_moved as (
    select * from {{ ref('int_items_moved') }}
),

entries as (
    select
        customer_id,
        currency,
        period_start,
        subtotal as mrr
    from invoices
    union all
    select
        customer_id,
        currency,
        period_start,
        amount as mrr
    from items_moved
),

months as (
    select
        customer_id,
        currency,
        period_start,
        sum(mrr) as mrr
    from entries
    group by
        customer_id,
        currency,
        period_start
),

neighbours as (
    select
        *,
        lag(period_start) over by_month as last_period_start,
        lag(mrr) over by_month as last_mrr,
        lead(period_start) over by_month as next_period_start
    from months
    window by_month as (partition by customer_id, currency order by period_start)
),

-- Firsts of months are neighbours if 31 days or fewer lie between them: cheaper to ask than adding a month.
compared as (
    select
        customer_id,
        currency,
        period_start,
        mrr,
        case
            when period_start - last_period_start between 1 and 31 then last_mrr
            else 0
        end as previous_mrr,
        coalesce(next_period_start - period_start between 1 and 31, false) as has_successor
    from neighbours
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
from compared
