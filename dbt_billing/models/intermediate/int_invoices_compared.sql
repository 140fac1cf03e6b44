with invoices as (
    select *
    from {{ ref('int_invoices_dated') }}
    where not is_void
),

neighbours as (
    select
        *,
        lag(period_start) over by_month as last_period_start,
        lag(subtotal) over by_month as last_subtotal,
        lead(period_start) over by_month as next_period_start
    from invoices
    window by_month as (partition by customer_id, currency order by period_start)
),

-- Firsts of months are neighbours if 31 days or fewer lie between them: cheaper to ask than adding a month.
compared as (
    select
        invoice_id,
        customer_id,
        currency,
        period_start,
        subtotal as mrr,
        tax,
        total as billed,
        case
            when period_start - last_period_start between 1 and 31 then last_subtotal
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
