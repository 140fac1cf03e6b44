select
    invoice_id,
    tax_treatment,
    tax_rate,
    tax_name,
    tax_country,
    tax_region,
    minor_units,
    taxable,
    tax
from {{ source('billing', 'invoice_taxes') }}
