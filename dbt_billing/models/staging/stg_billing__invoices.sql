with source as (
    select * from {{ source('billing', 'invoices') }}
)

select
    invoice_id,
    billing_run_id,
    customer_id,
    invoice_number,
    period_start,
    period_end,
    currency,
    minor_units,
    collection_method,
    status as latest_status,
    tax_treatment,
    tax_rate,
    customer_snapshot ->> 'account_number' as account_number,
    customer_snapshot ->> 'name' as customer_name,
    customer_snapshot ->> 'country' as country,
    customer_snapshot ->> 'region' as region,
    customer_snapshot ->> 'segment' as segment,
    customer_snapshot ? 'segment' as has_segment,
    subtotal,
    tax,
    total,
    issued_on,
    due_on,
    paid_on,
    voided_on,
    waived_on
from source
where issued_on <= {{ as_of() }}
