-- Of invoices, the few that are void; and of all of them what sums need, with the status that says what was issued.
-- depends: 0059_keep_accruals

set local role billing_owner;

create index invoices_void_idx on billing.invoices (invoice_id)
where status = 'void';

drop index billing.invoices_customer_months_idx;
create index invoices_customer_months_idx on billing.invoices (customer_id, currency, period_start)
include (invoice_id, status, issued_on, voided_on, subtotal, tax, total);
