alter table billing.audit_log
drop constraint audit_topic_is_known,
add constraint audit_topic_is_known
check (topic in ('invoice', 'dunning', 'payment', 'credit_note', 'run', 'hold', 'document')) not valid;
drop table billing.event_corrections;
delete from billing.billing_events
where corrects_event_key is not null;
alter table billing.billing_events_template drop column corrects_event_key;
alter table billing.billing_events
drop constraint event_quantity_is_a_count,
drop column corrects_event_key,
add constraint event_quantity_is_a_count check (
    quantity >= 0 and quantity < 1e15 and quantity = round(quantity, 6)
);
