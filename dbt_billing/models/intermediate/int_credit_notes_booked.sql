select
    credit_notes.credit_note_id,
    credit_notes.credit_note_number,
    credit_notes.invoice_id,
    credit_notes.currency,
    credit_notes.subtotal,
    credit_notes.tax,
    credit_notes.amount,
    credit_notes.issued_on,
    {{ period_start('credit_notes.issued_on') }} as period_start,
    invoices.customer_id,
    invoices.account_number,
    invoices.customer_name
from {{ ref('stg_billing__credit_notes') }} as credit_notes
inner join {{ ref('stg_billing__invoices') }} as invoices on credit_notes.invoice_id = invoices.invoice_id
