-- Read twice, each for itself: the planner can then look at one month only, and in parallel.
with invoices as (
    select *
    from {{ ref('int_invoices_dated') }}
    where not is_void
),

previous_invoices as (
    select *
    from {{ ref('int_invoices_dated') }}
    where not is_void
),

-- Each invoice counts twice: in its own month, and as what the next month is compared with.
entries as (
    select
        period_start,
        customer_id,
        currency,
        subtotal as mrr,
        0 as previous_mrr,
        array[customer_name, segment, has_segment::text] as addressee,
        null::text[] as previous_addressee
    from invoices
    union all
    select
        (period_start + interval '1 month')::date as period_start,
        customer_id,
        currency,
        0 as mrr,
        subtotal as previous_mrr,
        null::text[] as addressee,
        array[customer_name, segment, has_segment::text] as previous_addressee
    from previous_invoices
    where period_start < {{ last_month_billed() }}
),

months as (
    select
        period_start,
        customer_id,
        currency,
        sum(mrr) as mrr,
        sum(previous_mrr) as previous_mrr,
        coalesce(max(addressee), max(previous_addressee)) as addressee
    from entries
    group by
        period_start,
        customer_id,
        currency
)

-- As the month's invoice names the customer, or the invoice of the month before where there is none any more.
select
    period_start,
    customer_id,
    currency,
    mrr,
    previous_mrr,
    addressee[1] as customer_name,
    addressee[2] as segment,
    addressee[3]::boolean as has_segment
from months
