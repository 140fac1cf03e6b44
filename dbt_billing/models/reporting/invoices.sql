with invoices as (
    select * from {{ ref('int_invoices_dunned') }}
),

currencies as (
    select * from {{ ref('stg_billing__currencies') }}
)

select
    {{ period('invoices.period_start') }} as period,
    invoices.invoice_number,
    invoices.account_number,
    invoices.customer_name,
    invoices.currency,
    round(invoices.usage, currencies.minor_units) as usage,
    round(invoices.subscription, currencies.minor_units) as subscription,
    round(invoices.proration, currencies.minor_units) as proration,
    invoices.subtotal,
    invoices.tax_rate,
    invoices.tax_treatment,
    invoices.tax,
    invoices.total,
    round(invoices.amount_paid, currencies.minor_units) as amount_paid,
    round(invoices.amount_due, currencies.minor_units) as amount_due,
    invoices.status,
    invoices.dunning_state,
    invoices.collection_method,
    invoices.issued_on,
    invoices.due_on,
    invoices.paid_on,
    round(invoices.amount_credited, currencies.minor_units) as amount_credited,
    invoices.country,
    invoices.region,
    invoices.period_start,
    round(invoices.gross, currencies.minor_units) as gross,
    round(invoices.charges, currencies.minor_units) as charges,
    round(invoices.discount, currencies.minor_units) as discount,
    round(invoices.minimum, currencies.minor_units) as minimum,
    round(invoices.maximum, currencies.minor_units) as maximum
from invoices
inner join currencies on invoices.currency = currencies.currency
