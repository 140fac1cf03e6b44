with invoices as (
    -- Left out before anything is added up: most invoices are paid.
    select *
    from {{ ref('int_invoices_settled') }}
    where not is_settled and status not in ('draft', 'void')
),

open_invoices as (
    select
        *,
        greatest({{ as_of() }} - due_on, 0) as days_overdue
    from invoices
    where amount_due > 0
)

select
    invoice_number,
    account_number,
    currency,
    total,
    amount_due as outstanding,
    due_on,
    days_overdue,
    case
        when days_overdue <= 0 then 'current'
        when days_overdue <= 30 then '1-30'
        when days_overdue <= 60 then '31-60'
        else '60+'
    end as bucket,
    {{ as_of() }} as as_of
from open_invoices
