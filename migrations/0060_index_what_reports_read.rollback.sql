drop index billing.invoices_customer_months_idx;
create index invoices_customer_months_idx on billing.invoices (customer_id, currency, period_start)
include (invoice_id, issued_on, voided_on, subtotal, tax, total);
drop index billing.invoices_void_idx;
