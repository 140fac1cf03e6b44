drop table billing.disputes;
