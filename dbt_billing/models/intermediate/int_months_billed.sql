with invoices as (
    select *
    from {{ ref('int_invoices_dated') }}
    where not is_void
)

select
    period_start,
    currency,
    sum(tax) as tax,
    sum(total) as total
from invoices
group by
    period_start,
    currency
