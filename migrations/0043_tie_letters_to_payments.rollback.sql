alter table billing.disputes drop column closed_on;
alter table billing.emails drop column payment_id;
