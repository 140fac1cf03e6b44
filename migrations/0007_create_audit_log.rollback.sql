drop table billing.audit_log;
