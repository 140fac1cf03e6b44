-- The full price of a phase and its proration are of one service: what stands of it is for the days that are covered.
with lines as (
    select
        *,
        regexp_replace(charge_key, '/(subscription|proration)$', '') as service,
        coalesce(
            substring(charge_key from '/(\d{4}-\d{2}-\d{2})/(?:subscription|proration)$')::date, service_period_start
        ) as first_day
    from {{ ref('int_lines_booked') }}
    where charge_kind in ('subscription', 'proration', 'charge')
),

deferred as (
    select distinct service
    from lines
    where is_deferred
)

select
    lines.service,
    lines.booking_id,
    lines.booking,
    lines.invoice_id,
    lines.position,
    lines.customer_id,
    lines.account_number,
    lines.currency,
    lines.account,
    lines.amount,
    lines.is_deferred,
    lines.voided_on,
    lines.booked_on,
    lines.period_start,
    lines.first_day,
    case
        when lines.charge_kind = 'proration' then split_part(lines.tier, '/', 1)::integer
        else lines.service_period_end - lines.first_day
    end as days
from lines
inner join deferred on lines.service = deferred.service
