-- A file without a number of the bank's is named by its content: what another file brings again may be another payment.
-- depends: 0035_undo_returns

comment on column billing.bank_transactions.statement_id
is 'The statement, and page of it, that brought the entry, as the bank names it; of a CSV file a hash of its content.';
