drop index billing.invoices_plain_number_idx;
alter table billing.payments drop column bank_transaction_id;
drop table billing.bank_transactions;
