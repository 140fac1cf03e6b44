-- What is numbered, credited or stored leaves the hashes of its content in the audit log, where they are chained: a
-- change of it shows however it was made. Entries of before have none; billing up seals what they were about.
-- depends: 0040_order_event_batches

set local role billing_owner;

alter table billing.audit_log
add column seal jsonb,
add constraint seal_names_its_parts check (jsonb_typeof(seal) = 'object'),
drop constraint audit_topic_is_known,
add constraint audit_topic_is_known
check (topic in ('invoice', 'dunning', 'payment', 'credit_note', 'run', 'hold', 'document'));
comment on column billing.audit_log.topic
is 'Which state changed: of the invoice, of its dunning, of a payment, of a credit note, of a run, of a hold of dunning, of a PDF.';
comment on column billing.audit_log.seal
is 'SHA-256 of each part of what must not change from here on, by its name (billing._seals); null: the entry freezes nothing.';
