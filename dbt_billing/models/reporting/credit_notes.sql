with credit_notes as (
    select * from {{ ref('stg_billing__credit_notes') }}
),

invoices as (
    select * from {{ ref('stg_billing__invoices') }}
),

refunds as (
    select *
    from {{ ref('stg_billing__refunds') }}
    where failed_on is null
)

select
    credit_notes.credit_note_number,
    invoices.invoice_number,
    invoices.account_number,
    credit_notes.issued_on,
    credit_notes.reason,
    credit_notes.currency,
    round(credit_notes.subtotal, credit_notes.minor_units) as subtotal,
    round(credit_notes.tax, credit_notes.minor_units) as tax,
    round(credit_notes.amount, credit_notes.minor_units) as total,
    round(coalesce(refunded.amount, 0), credit_notes.minor_units) as refunded,
    round(credit_notes.amount - coalesce(refunded.amount, 0), credit_notes.minor_units) as credited,
    invoices.customer_name,
    {{ period_start('credit_notes.issued_on') }} as period_start
from credit_notes
inner join invoices on credit_notes.invoice_id = invoices.invoice_id
left join lateral (
    select sum(refunds.amount) as amount
    from refunds
    where refunds.credit_note_id = credit_notes.credit_note_id
) as refunded on true
