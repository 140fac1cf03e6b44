-- A payment of a paid invoice that went back since has taken its paid_on away; what was paid when is told by the
-- applications (int_invoices_settled). A paid_on that is still there has held since that day. Collection begins in the
-- transaction that issues an invoice: a void one without a case was voided as a draft. Void ones alone are asked, so
-- that the cases are not read for all.
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
    invoices.minor_units,
    invoices.collection_method,
    invoices.latest_status,
    invoices.tax_treatment,
    invoices.tax_rate,
    invoices.subtotal,
    invoices.tax,
    invoices.total,
    case invoices.latest_status
        when 'draft' then false
        when 'void'
            then coalesce(
                (
                    select true
                    from {{ ref('stg_billing__dunning_cases') }} as dunning_cases
                    where dunning_cases.invoice_id = invoices.invoice_id
                ),
                false
            )
        else true
    end as is_delivered,
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
from {{ ref('stg_billing__invoices') }} as invoices
