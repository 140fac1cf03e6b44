with payment_applications as (
    select * from {{ ref('stg_billing__payment_applications') }}
),

invoices as (
    select * from {{ ref('stg_billing__invoices') }}
)

select
    payment_applications.payment_id,
    invoices.invoice_number,
    payment_applications.applied_on,
    payment_applications.amount,
    invoices.currency,
    payment_applications.payment_application_id,
    {{ period_start('payment_applications.applied_on') }} as period_start
from payment_applications
inner join invoices on payment_applications.invoice_id = invoices.invoice_id
