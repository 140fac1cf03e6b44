select
    invoice_id,
    billing_run_id,
    customer_id,
    invoice_number,
    usage_before_txid,
    currency,
    minor_units,
    customer_snapshot ->> 'account_number' as account_number,
    customer_snapshot ->> 'country' as country,
    customer_snapshot ->> 'region' as region,
    seller_snapshot ->> 'country' as seller_country,
    subtotal,
    tax,
    total,
    (customer_snapshot ->> 'is_tax_id_valid')::boolean as has_valid_tax_id,
    status = 'void' as is_void,
    status <> 'void' or waived_on is not null as is_billed,
    period_start
from {{ source('billing', 'invoices') }}
where invoice_number is not null
