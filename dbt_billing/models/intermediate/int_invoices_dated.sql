with invoices as (
    select * from {{ ref('stg_billing__invoices') }}
)

-- A payment of a paid invoice that went back since has taken its paid_on away; what was paid when is told by the
-- applications (int_invoices_settled). A paid_on that is still there has held since that day.
select
    invoice_id,
    billing_run_id,
    customer_id,
    invoice_number,
    account_number,
    customer_name,
    country,
    region,
    currency,
    collection_method,
    tax_treatment,
    tax_rate,
    subtotal,
    tax,
    total,
    latest_status <> 'draft' as is_delivered,
    coalesce(paid_on <= {{ as_of() }}, false) as is_settled,
    coalesce(voided_on <= {{ as_of() }}, false) as is_void,
    period_start,
    period_end,
    issued_on,
    due_on,
    paid_on
from invoices
