with lines as (
    select * from {{ ref('int_services_deferred') }}
),

currencies as (
    select * from {{ ref('stg_billing__currencies') }}
),

services as (
    select
        service,
        account,
        customer_id,
        account_number,
        currency,
        first_day,
        min(period_start) as first_month,
        greatest(max(period_start), {{ period_start('max(first_day + days - 1)') }}) as last_month
    from lines
    group by
        service,
        account,
        customer_id,
        account_number,
        currency,
        first_day
),

months as (
    select
        services.*,
        month.month::date as period_start,
        (month.month + interval '1 month')::date as next_month
    from services
    cross join lateral generate_series(
        services.first_month::timestamp, services.last_month::timestamp, interval '1 month'
    ) as month (month)
),

-- By what was booked until the month's end alone: what comes later moves no month before it.
known as (
    select
        months.service,
        months.account,
        months.customer_id,
        months.account_number,
        months.currency,
        months.first_day,
        months.period_start,
        months.next_month,
        sum(lines.amount) as amount,
        coalesce(sum(lines.amount) filter (
            where lines.period_start = months.period_start and not lines.is_deferred
        ), 0) as booked_as_revenue,
        coalesce((
            array_agg(lines.days order by lines.invoice_id desc, lines.position desc) filter (
                where lines.booking = 'invoice' and coalesce(lines.voided_on >= months.next_month, true)
            )
        )[1], 0) as days
    from months
    inner join lines
        on
            months.service = lines.service
            and months.period_start >= lines.period_start
    group by
        months.service,
        months.account,
        months.customer_id,
        months.account_number,
        months.currency,
        months.first_day,
        months.period_start,
        months.next_month
),

earned as (
    select
        known.*,
        round(
            case
                when known.days <= 0 then known.amount
                else known.amount * least(greatest(known.next_month - known.first_day, 0), known.days) / known.days
            end,
            currencies.minor_units
        ) as recognized_by_then
    from known
    inner join currencies on known.currency = currencies.currency
),

released as (
    select
        *,
        recognized_by_then
        - lag(recognized_by_then, 1, 0) over (partition by service order by period_start)
        - booked_as_revenue as amount_released
    from earned
)

select
    service,
    account,
    customer_id,
    account_number,
    currency,
    period_start,
    next_month - 1 as booked_on,
    amount_released as amount
from released
where amount_released <> 0
