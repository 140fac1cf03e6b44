-- A numbered run may be held: its documents wait for a person, whoever delivers. A numbered draft may be voided.
-- depends: 0018_extend_bank_transactions

set local role billing_owner;

alter table billing.documents
add column held_at timestamptz,
add column held_by text,
add constraint holds_are_signed check ((held_at is null) = (held_by is null)),
add constraint held_documents_are_untouched check (held_at is null or (pdf is null and claimed_by is null));

comment on column billing.documents.held_at is 'Since when it is held: nobody renders or issues it until its run is released.';
comment on column billing.documents.held_by is 'The database role that held it.';

drop index billing.documents_claimable_idx;
create index documents_claimable_idx on billing.documents (document_id) where pdf is null and held_at is null;
create index documents_held_idx on billing.documents (document_id) where held_at is not null;

insert into billing.invoice_transitions (from_status, to_status) values
('draft', 'void');

alter table billing.audit_log
drop constraint audit_topic_is_known,
add constraint audit_topic_is_known check (topic in ('invoice', 'dunning', 'payment', 'credit_note', 'run'));
comment on column billing.audit_log.topic
is 'Which state changed: of the invoice, of its dunning, of a payment, of a credit note, of a run.';
comment on column billing.audit_log.subject is 'The number of the invoice or credit note, which bank transaction, or the month of the run.';
