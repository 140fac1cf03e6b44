-- Lateral and in order, which keeps the planner from reading all invoices: these lines look for theirs.
-- The full price of a phase and its proration are of one service: what stands of it is for the days that are covered.
with line_items as (
    select
        *,
        {{ phase_key('charge_key') }} as service,
        coalesce({{ phase_start('charge_key') }}, service_period_start) as first_day
    from {{ ref('stg_billing__invoice_line_items') }}
    where {{ is_beyond_months() }}
),

lines as (
    select
        line_items.service,
        bookings.booking_id,
        bookings.booking,
        bookings.invoice_id,
        line_items.position,
        bookings.customer_id,
        bookings.account_number,
        bookings.currency,
        bookings.minor_units,
        case line_items.charge_kind when 'charge' then 'revenue_charges' else 'revenue_subscription' end as account,
        bookings.sign * line_items.amount as amount,
        {{ is_deferred('bookings.issued_on') }} as is_deferred,
        bookings.voided_on,
        bookings.booked_on,
        bookings.period_start,
        line_items.first_day,
        line_items.service_period_end - line_items.first_day as days,
        case
            when line_items.charge_kind = 'proration' then split_part(line_items.tier, '/', 1)::integer
        end as prorated_days
    from line_items
    cross join lateral (
        select booked.*
        from {{ ref('int_invoices_booked') }} as booked
        where booked.invoice_id = line_items.invoice_id
        order by booked.booking_id
    ) as bookings
)

select * from lines
where service in (
    select deferred.service from lines as deferred
    where deferred.is_deferred
)
