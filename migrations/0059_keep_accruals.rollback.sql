drop table billing.month_accruals;
