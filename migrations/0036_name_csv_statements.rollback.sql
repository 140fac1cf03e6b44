comment on column billing.bank_transactions.statement_id
is 'The statement, and page of it, that brought the entry, as the bank names it; null for CSV.';
