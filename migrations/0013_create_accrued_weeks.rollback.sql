drop index billing.invoices_voided_on_idx;
drop index billing.invoices_customer_months_idx;
drop table billing.accrued_weeks;
