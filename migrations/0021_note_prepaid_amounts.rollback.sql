alter table billing.documents drop column prepaid_amount;
