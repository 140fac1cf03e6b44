with invoices as (
    select * from {{ ref('int_invoices_dunned') }}
)

select
    {{ period('period_start') }} as period,
    invoice_number,
    account_number,
    customer_name,
    currency,
    usage,
    subscription,
    proration,
    subtotal,
    tax_rate,
    tax_treatment,
    tax,
    total,
    amount_paid,
    amount_due,
    status,
    dunning_state,
    collection_method,
    issued_on,
    due_on,
    paid_on,
    amount_credited,
    country,
    region,
    period_start,
    gross,
    charges,
    discount,
    minimum,
    maximum
from invoices
