alter table billing.bank_transactions
drop column account_number,
drop column statement_id,
drop column booked_payment_id;
