-- Money pays an invoice from the day both are there: not before the invoice is issued, nor before the money is booked.
with payment_applications as (
    select * from {{ ref('stg_billing__payment_applications') }}
),

payments as (
    select * from {{ ref('stg_billing__payments') }}
),

invoices as (
    select * from {{ ref('stg_billing__invoices') }}
)

select
    payment_applications.payment_application_id,
    payment_applications.applied_on,
    payments.booked_on,
    invoices.issued_on
from payment_applications
left join payments on payment_applications.payment_id = payments.payment_id
left join invoices on payment_applications.invoice_id = invoices.invoice_id
where
    payment_applications.amount > 0
    and (
        payments.booked_on is null
        or invoices.issued_on is null
        or payment_applications.applied_on < greatest(payments.booked_on, invoices.issued_on)
    )
