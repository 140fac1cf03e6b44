drop table billing.credit_notes;
drop table billing.payment_reversals;
drop table billing.payment_applications;
drop table billing.payments;
