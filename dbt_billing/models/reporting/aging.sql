with outstanding as (
    select * from {{ ref('outstanding') }}
),

invoices as (
    select distinct currency from {{ ref('int_invoices_dated') }}
),

customers as (
    select distinct currency from {{ ref('stg_billing__customers') }}
),

used_currencies as (
    select currency from invoices
    union all
    select currency from customers
    where not exists (select invoices.currency from invoices)
),

currencies as (
    select * from {{ ref('stg_billing__currencies') }}
),

buckets as (
    select *
    from (
        values
        ('current', 0),
        ('1-30', 1),
        ('31-60', 31),
        ('60+', 61)
    ) as bucket (bucket, overdue_from)
),

added_up as (
    select
        used_currencies.currency,
        buckets.bucket,
        count(outstanding.invoice_number) as invoices,
        round(coalesce(sum(outstanding.outstanding), 0), currencies.minor_units) as outstanding,
        buckets.overdue_from
    from used_currencies
    inner join currencies on used_currencies.currency = currencies.currency
    cross join buckets
    left join outstanding
        on
            used_currencies.currency = outstanding.currency
            and buckets.bucket = outstanding.bucket
    group by
        used_currencies.currency,
        currencies.minor_units,
        buckets.bucket,
        buckets.overdue_from
)

select
    currency,
    bucket,
    invoices,
    outstanding,
    coalesce(
        round(
            sum(outstanding) over this_and_newer / nullif(sum(outstanding) over all_of_currency, 0), 4
        )
        - round(
            (sum(outstanding) over this_and_newer - outstanding) / nullif(sum(outstanding) over all_of_currency, 0), 4
        ),
        0
    ) as share,
    overdue_from,
    (sum(invoices) over this_and_older)::bigint as invoices_and_older,
    sum(outstanding) over this_and_older as outstanding_and_older,
    {{ as_of() }} as as_of
from added_up
window
    this_and_older as (partition by currency order by overdue_from desc),
    this_and_newer as (partition by currency order by overdue_from),
    all_of_currency as (partition by currency)
