alter table billing.bank_transactions
drop column is_of_first_version;
