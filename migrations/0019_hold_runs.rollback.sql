alter table billing.audit_log
drop constraint audit_topic_is_known,
add constraint audit_topic_is_known check (topic in ('invoice', 'dunning', 'payment', 'credit_note')) not valid;
delete from billing.invoice_transitions
where (from_status, to_status) = ('draft', 'void');
drop index billing.documents_held_idx;
drop index billing.documents_claimable_idx;
create index documents_claimable_idx on billing.documents (document_id) where pdf is null;
alter table billing.documents drop column held_at, drop column held_by;
