with first_days as (
    select min(issued_on) as issued_on
    from {{ ref('stg_billing__invoices') }}
),

months as (
    select
        month.month::date as period_start,
        (month.month + interval '1 month')::date as next_month
    from first_days
    cross join lateral generate_series(
        date_trunc('month', first_days.issued_on::timestamp) - interval '1 year',
        date_trunc('month', {{ as_of() }}::timestamp) - interval '1 month',
        interval '1 month'
    ) as month (month)
),

lines as (
    select * from {{ ref('int_lines_booked') }}
),

currencies as (
    select * from {{ ref('stg_billing__currencies') }}
),

-- Of each month, the lines of later invoices with service days by its end. A fee has the days that its phase covers,
-- which a proration on the same invoice tells.
dated as (
    select
        months.period_start,
        months.next_month,
        later_lines.account_number,
        later_lines.currency,
        later_lines.amount,
        later_lines.first_day,
        case
            when later_lines.charge_kind in ('subscription', 'proration')
                then
                    coalesce(
                        max(later_lines.prorated_days) over (
                            partition by months.period_start, later_lines.invoice_id, later_lines.service
                        ),
                        later_lines.service_period_end - later_lines.first_day
                    )
            else later_lines.service_period_end - later_lines.service_period_start
        end as days
    from months
    cross join lateral (
        select
            lines.*,
            {{ phase_key('lines.charge_key') }} as service,
            coalesce({{ phase_start('lines.charge_key') }}, lines.service_period_start) as first_day,
            case when lines.charge_kind = 'proration' then split_part(lines.tier, '/', 1)::integer end as prorated_days
        from lines
        where
            lines.booking = 'invoice'
            and lines.voided_on is null
            and lines.booked_on >= months.next_month
            and lines.service_period_start < months.next_month
    ) as later_lines
),

accrued as (
    select
        period_start,
        account_number,
        currency,
        sum(
            case
                when days <= 0 then amount
                else amount * least(greatest(next_month - first_day, 0), days) / days
            end
        ) as amount
    from dated
    group by
        period_start,
        account_number,
        currency
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
