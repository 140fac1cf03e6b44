set local role billing_owner;

alter table billing.bank_transactions drop column entered_on;
alter table billing.refunds drop column failed_on;
alter table billing.payments drop column booked_on;
delete from billing.locks where name = 'books';
drop table billing.month_closings;
