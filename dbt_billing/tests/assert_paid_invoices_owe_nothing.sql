-- States agree with money: a paid invoice has nothing due, and an issued one has.
select
    invoice_number,
    status,
    total,
    amount_due
from {{ ref('invoices') }}
where
    (status in ('paid', 'void') and amount_due <> 0)
    or (status in ('issued', 'overdue') and amount_due <= 0)
