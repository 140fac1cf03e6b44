-- What people change of a contract by command is in the audit log, as what they do to invoices and events is.
-- depends: 0053_correct_events

set local role billing_owner;

alter table billing.audit_log
drop constraint audit_topic_is_known,
add constraint audit_topic_is_known
check (topic in ('invoice', 'dunning', 'payment', 'credit_note', 'run', 'hold', 'document', 'event', 'contract'));
comment on column billing.audit_log.topic
is 'Which state changed: of the invoice, of its dunning, of a payment, of a credit note, of a run, of a hold of dunning, of a PDF, of a usage event, of a contract.';
