with lines as (
    select * from {{ ref('int_services_deferred') }}
),

services as (
    select
        service,
        account,
        customer_id,
        account_number,
        currency,
        minor_units,
        min(period_start) as first_month,
        greatest(max(period_start), {{ period_start('max(first_day + days - 1)') }}) as last_month
    from lines
    group by
        service,
        account,
        customer_id,
        account_number,
        currency,
        minor_units
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

-- By what was booked until the month's end alone: what comes later moves no month before it. The last line that stands
-- tells the days, the last proration how many of them are charged, unless what it took off was charged again.
known as (
    select
        months.service,
        months.account,
        months.customer_id,
        months.account_number,
        months.currency,
        months.minor_units,
        months.period_start,
        months.next_month,
        sum(lines.amount) as amount,
        coalesce(sum(lines.amount) filter (
            where lines.period_start = months.period_start and not lines.is_deferred
        ), 0) as booked_as_revenue,
        (array_agg(lines.first_day order by lines.invoice_id desc, lines.position desc) filter (
            where lines.booking = 'invoice' and coalesce(lines.voided_on >= months.next_month, true)
        ))[1] as first_day,
        (array_agg(lines.days order by lines.invoice_id desc, lines.position desc) filter (
            where lines.booking = 'invoice' and coalesce(lines.voided_on >= months.next_month, true)
        ))[1] as days,
        (array_agg(lines.prorated_days order by lines.invoice_id desc, lines.position desc) filter (
            where
            lines.prorated_days is not null
            and lines.booking = 'invoice'
            and coalesce(lines.voided_on >= months.next_month, true)
        ))[1] as prorated_days,
        coalesce(sum(lines.amount) filter (where lines.prorated_days is not null), 0) <> 0 as is_prorated
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
        months.minor_units,
        months.period_start,
        months.next_month
),

counted as (
    select
        *,
        case when is_prorated then prorated_days else days end as days_charged
    from known
),

-- Where no line stands, or none of its days is charged, there is nothing to wait for.
earned as (
    select
        counted.*,
        round(
            case
                when coalesce(counted.days_charged, 0) <= 0 then counted.amount
                else
                    counted.amount
                    * least(greatest(counted.next_month - counted.first_day, 0), counted.days_charged)
                    / counted.days_charged
            end,
            counted.minor_units
        ) as recognized_by_then
    from counted
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
