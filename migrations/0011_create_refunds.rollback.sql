drop table billing.refunds;
