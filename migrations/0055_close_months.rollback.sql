alter table billing.bank_transactions drop column entered_on;
alter table billing.refunds drop column failed_on;
alter table billing.payments drop column booked_on;
alter table billing.audit_log
drop constraint audit_topic_is_known,
add constraint audit_topic_is_known
check (topic in ('invoice', 'dunning', 'payment', 'credit_note', 'run', 'hold', 'document', 'event', 'contract'))
not valid;
delete from billing.locks
where name = 'books';
drop table billing.month_closings;
