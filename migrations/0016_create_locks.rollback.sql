drop table billing.locks;
