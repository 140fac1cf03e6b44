with invoices as (
    select * from {{ ref('stg_billing__invoices') }}
),

dunning_cases as (
    select * from {{ ref('stg_billing__dunning_cases') }}
)

-- A payment of a paid invoice that went back since has taken its paid_on away; what was paid when is told by the
-- applications (int_invoices_settled). A paid_on that is still there has held since that day. Collection begins in the
-- transaction that issues an invoice: one without a case is a draft, or was voided as one.
select
    invoices.invoice_id,
    invoices.billing_run_id,
    invoices.customer_id,
    invoices.invoice_number,
    invoices.account_number,
    invoices.customer_name,
    invoices.country,
    invoices.region,
    invoices.currency,
    invoices.collection_method,
    invoices.tax_treatment,
    invoices.tax_rate,
    invoices.subtotal,
    invoices.tax,
    invoices.total,
    dunning_cases.invoice_id is not null as is_delivered,
    coalesce(invoices.paid_on <= {{ as_of() }}, false) as is_settled,
    coalesce(invoices.voided_on <= {{ as_of() }}, false) as is_void,
    invoices.period_start,
    invoices.period_end,
    invoices.issued_on,
    invoices.due_on,
    invoices.paid_on,
    case when invoices.voided_on <= {{ as_of() }} then invoices.voided_on end as voided_on,
    invoices.segment,
    invoices.has_segment
from invoices
left join dunning_cases on invoices.invoice_id = dunning_cases.invoice_id
