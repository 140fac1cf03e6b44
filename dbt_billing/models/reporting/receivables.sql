with moved as (
    select * from {{ ref('int_receivables_moved') }}
),

currencies as (
    select * from {{ ref('stg_billing__currencies') }}
),

spans as (
    select
        currency,
        min(period_start) as first_month
    from moved
    group by currency
),

months as (
    select
        spans.currency,
        currencies.minor_units,
        month.month::date as period_start
    from spans
    inner join currencies on spans.currency = currencies.currency
    cross join lateral generate_series(
        spans.first_month::timestamp, {{ period_start(as_of()) }}, interval '1 month'
    ) as month (month)
),

rolled as (
    select
        months.*,
        coalesce(moved.invoiced, 0) as invoiced,
        coalesce(moved.credited, 0) as credited,
        coalesce(moved.received, 0) as received,
        coalesce(moved.voided, 0) as voided,
        coalesce(moved.reversed, 0) as reversed,
        coalesce(moved.amount, 0) as amount,
        coalesce(sum(moved.amount) over (
            partition by months.currency
            order by months.period_start
        ), 0) as closing
    from months
    left join moved
        on
            months.period_start = moved.period_start
            and months.currency = moved.currency
)

select
    {{ period('period_start') }} as month,
    currency,
    round(closing - amount, minor_units) as opening,
    round(invoiced, minor_units) as invoiced,
    round(credited, minor_units) as credited,
    round(received, minor_units) as received,
    round(voided, minor_units) as voided,
    round(reversed, minor_units) as reversed,
    round(closing, minor_units) as closing,
    {{ as_of() }} as as_of,
    period_start
from rolled
