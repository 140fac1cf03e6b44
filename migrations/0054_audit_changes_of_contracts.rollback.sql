alter table billing.audit_log
drop constraint audit_topic_is_known,
add constraint audit_topic_is_known
check (topic in ('invoice', 'dunning', 'payment', 'credit_note', 'run', 'hold', 'document', 'event')) not valid;
