-- What a void takes back is what the issue has booked. Each part reads for itself: so a month reads no other.
select
    booking || '-' || invoice_id as booking_id,
    booking,
    sign,
    invoice_id,
    customer_id,
    invoice_number,
    account_number,
    customer_name,
    currency,
    minor_units,
    subtotal,
    tax,
    total,
    issued_on,
    voided_on,
    booked_on,
    {{ period_start('booked_on') }} as period_start
from (
    select
        *,
        'invoice' as booking,
        1 as sign,
        issued_on as booked_on
    from {{ ref('int_invoices_dated') }}
    where is_delivered
    union all
    select
        *,
        'void' as booking,
        -1 as sign,
        voided_on as booked_on
    from {{ ref('int_invoices_dated') }}
    where is_delivered and latest_status = 'void' and voided_on is not null
) as bookings
