with bookings as (
    select * from {{ ref('int_invoices_booked') }}
),

services_deferred as (
    select *
    from {{ ref('int_services_deferred') }}
    where is_deferred
),

revenue_released as (
    select * from {{ ref('int_revenue_released') }}
),

currencies as (
    select * from {{ ref('stg_billing__currencies') }}
),

-- What is not deferred is revenue when it is booked.
entries as (
    select
        period_start,
        currency,
        sum(sign * subtotal) as billed,
        sum(sign * subtotal) as recognized
    from bookings
    group by
        period_start,
        currency
    union all
    select
        period_start,
        currency,
        0 as billed,
        -sum(amount) as recognized
    from services_deferred
    group by
        period_start,
        currency
    union all
    select
        period_start,
        currency,
        0 as billed,
        sum(amount) as recognized
    from revenue_released
    group by
        period_start,
        currency
),

months_booked as (
    select
        period_start,
        currency,
        sum(billed) as billed,
        sum(recognized) as recognized
    from entries
    group by
        period_start,
        currency
),

spans as (
    select
        currency,
        min(period_start) as first_month,
        greatest(max(period_start), {{ period_start(as_of()) }}) as last_month
    from months_booked
    group by currency
),

months as (
    select
        spans.currency,
        month.month::date as period_start
    from spans
    cross join lateral generate_series(
        spans.first_month::timestamp, spans.last_month::timestamp, interval '1 month'
    ) as month (month)
),

added_up as (
    select
        months.period_start,
        months.currency,
        coalesce(months_booked.billed, 0) as billed,
        coalesce(months_booked.recognized, 0) as recognized
    from months
    left join months_booked
        on
            months.period_start = months_booked.period_start
            and months.currency = months_booked.currency
)

select
    {{ period('added_up.period_start') }} as month,
    added_up.currency,
    round(added_up.billed, currencies.minor_units) as billed,
    round(added_up.recognized, currencies.minor_units) as recognized,
    round(
        sum(added_up.billed - added_up.recognized) over (
            partition by added_up.currency
            order by added_up.period_start
        ),
        currencies.minor_units
    ) as deferred,
    (added_up.period_start + interval '1 month')::date > {{ as_of() }} + 1 as is_forecast,
    {{ as_of() }} as as_of,
    added_up.period_start
from added_up
inner join currencies on added_up.currency = currencies.currency
