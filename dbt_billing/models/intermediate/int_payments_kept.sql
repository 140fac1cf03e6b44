select
    payment_id,
    customer_id,
    currency,
    method,
    reference,
    amount,
    booked_on,
    case
        when method = 'card' then 'stripe'
        when method in ('bank_transfer', 'transfer') then 'bank'
        when method = 'cash' then 'cash'
        when method = 'check' then 'checks'
        when method = 'negative_invoice' then 'receivables'
        else 'other_payments'
    end as money_account
from {{ ref('stg_billing__payments') }}
