drop table billing.documents;
drop table billing.invoice_taxes;
drop table billing.invoice_line_items;
drop table billing.invoices;
drop table billing.document_series;
drop table billing.invoice_transitions;
drop table billing.billing_run_customers;
drop table billing.billing_runs;
