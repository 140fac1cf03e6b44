with bookings as (
    select * from {{ ref('int_invoices_booked') }}
),

line_items as (
    select * from {{ ref('stg_billing__invoice_line_items') }}
)

-- Lateral, so that a month reads its own lines only. A fee, or a charge with days of its own, whose service ends after
-- the month of its invoice is deferred; all else has been served by then.
select
    bookings.booking_id,
    bookings.invoice_id,
    bookings.invoice_number,
    bookings.customer_id,
    bookings.account_number,
    bookings.customer_name,
    bookings.currency,
    bookings.booking,
    bookings.voided_on,
    bookings.booked_on,
    bookings.period_start,
    lines.position,
    lines.charge_key,
    lines.charge_kind,
    lines.tier,
    bookings.sign * lines.amount as amount,
    lines.service_period_start,
    lines.service_period_end,
    case lines.charge_kind
        when 'usage' then 'revenue_usage'
        when 'charge' then 'revenue_charges'
        when 'discount' then 'revenue_discounts'
        when 'minimum' then 'revenue_commitments'
        when 'maximum' then 'revenue_commitments'
        else 'revenue_subscription'
    end as account,
    {{ is_deferred('bookings.issued_on') }} as is_deferred
from bookings
cross join lateral (
    select line_items.*
    from line_items
    where line_items.invoice_id = bookings.invoice_id
) as lines
