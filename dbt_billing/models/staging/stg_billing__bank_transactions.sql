select
    bank_transaction_id,
    booked_payment_id,
    coalesce(entry_id, fingerprint) as entry_id,
    currency,
    payer_name,
    remittance,
    status,
    status_reason,
    amount,
    booked_on,
    entered_on
from {{ source('billing', 'bank_transactions') }}
where entered_on <= {{ as_of() }}
