with lines as (
    select *
    from {{ ref('int_lines_booked') }}
    where booking = 'invoice' and voided_on is null
),

currencies as (
    select * from {{ ref('stg_billing__currencies') }}
),

-- Of the service days of a line, those of the months before its invoice. A fee has the days that its phase covers.
spread as (
    select
        *,
        case
            when charge_kind in ('subscription', 'proration')
                then coalesce(
                    substring(charge_key from '/(\d{4}-\d{2}-\d{2})/(?:subscription|proration)$')::date,
                    service_period_start
                )
            else service_period_start
        end as first_day
    from lines
    where service_period_start < period_start
),

dated as (
    select
        spread.*,
        case
            when charge_kind in ('subscription', 'proration') then coalesce(
                max(split_part(tier, '/', 1)::integer) filter (where charge_kind = 'proration') over (
                    partition by invoice_id, first_day, regexp_replace(charge_key, '/(subscription|proration)$', '')
                ),
                service_period_end - first_day
            )
            else service_period_end - service_period_start
        end as days
    from spread
),

months as (
    select
        dated.account_number,
        dated.currency,
        (month.month + interval '1 month')::date as next_month,
        month.month::date as period_start,
        dated.amount,
        dated.first_day,
        dated.days
    from dated
    cross join lateral generate_series(
        date_trunc('month', dated.first_day::timestamp),
        dated.period_start::timestamp - interval '1 month',
        interval '1 month'
    ) as month (month)
),

accrued as (
    select
        account_number,
        currency,
        period_start,
        sum(
            case
                when days <= 0 then amount
                else amount * least(greatest(next_month - first_day, 0), days) / days
            end
        ) as amount
    from months
    group by
        account_number,
        currency,
        period_start
)

select
    {{ period('accrued.period_start') }} as month,
    accrued.account_number,
    accrued.currency,
    round(accrued.amount, currencies.minor_units) as amount,
    {{ as_of() }} as as_of,
    accrued.period_start
from accrued
inner join currencies on accrued.currency = currencies.currency
where round(accrued.amount, currencies.minor_units) <> 0
