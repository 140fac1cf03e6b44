-- Each part reads for itself: so a month reads no other.
with invoice_taxes as (
    select * from {{ ref('stg_billing__invoice_taxes') }}
),

credit_note_lines as (
    select * from {{ ref('stg_billing__credit_note_line_items') }}
),

lines as (
    select * from {{ ref('int_lines_booked') }}
)

select
    booking_id as document_id,
    period_start,
    booked_on,
    invoice_number as document,
    'receivables' as account,
    customer_id,
    account_number,
    currency,
    sign * total as amount,
    concat_ws(' ', nullif(booking, 'invoice'), customer_name) as text
from {{ ref('int_invoices_booked') }}
union all
select
    booking_id as document_id,
    period_start,
    booked_on,
    invoice_number as document,
    case when is_deferred then 'deferred_revenue' else account end as account,
    customer_id,
    account_number,
    currency,
    -sum(amount) as amount,
    concat_ws(' ', nullif(booking, 'invoice'), customer_name) as text
from lines
group by
    booking_id,
    period_start,
    booked_on,
    invoice_number,
    case when is_deferred then 'deferred_revenue' else account end,
    customer_id,
    account_number,
    currency,
    booking,
    customer_name
union all
select
    bookings.booking_id as document_id,
    bookings.period_start,
    bookings.booked_on,
    bookings.invoice_number as document,
    {{ tax_account('invoice_taxes.tax_country', 'invoice_taxes.tax_rate') }} as account,
    bookings.customer_id,
    bookings.account_number,
    bookings.currency,
    -bookings.sign * sum(invoice_taxes.tax) as amount,
    concat_ws(' ', nullif(bookings.booking, 'invoice'), bookings.customer_name) as text
from {{ ref('int_invoices_booked') }} as bookings
inner join invoice_taxes on bookings.invoice_id = invoice_taxes.invoice_id
group by
    bookings.booking_id,
    bookings.period_start,
    bookings.booked_on,
    bookings.invoice_number,
    {{ tax_account('invoice_taxes.tax_country', 'invoice_taxes.tax_rate') }},
    bookings.customer_id,
    bookings.account_number,
    bookings.currency,
    bookings.sign,
    bookings.booking,
    bookings.customer_name
union all
select
    'credit-note-' || credit_note_id as document_id,
    period_start,
    issued_on as booked_on,
    credit_note_number as document,
    'receivables' as account,
    customer_id,
    account_number,
    currency,
    -amount as amount,
    'credit note ' || customer_name as text
from {{ ref('int_credit_notes_booked') }}
union all
select
    'credit-note-' || credit_note_id as document_id,
    period_start,
    issued_on as booked_on,
    credit_note_number as document,
    'credit_notes' as account,
    customer_id,
    account_number,
    currency,
    subtotal as amount,
    'credit note ' || customer_name as text
from {{ ref('int_credit_notes_booked') }}
union all
select
    'credit-note-' || credits.credit_note_id as document_id,
    credits.period_start,
    credits.issued_on as booked_on,
    credits.credit_note_number as document,
    {{ tax_account('credit_note_lines.tax_country', 'credit_note_lines.tax_rate') }} as account,
    credits.customer_id,
    credits.account_number,
    credits.currency,
    sum(credit_note_lines.tax) as amount,
    'credit note ' || credits.customer_name as text
from {{ ref('int_credit_notes_booked') }} as credits
inner join credit_note_lines on credits.credit_note_id = credit_note_lines.credit_note_id
group by
    credits.credit_note_id,
    credits.period_start,
    credits.issued_on,
    credits.credit_note_number,
    {{ tax_account('credit_note_lines.tax_country', 'credit_note_lines.tax_rate') }},
    credits.customer_id,
    credits.account_number,
    credits.currency,
    credits.customer_name
