-- Version 0.1.0 gave some entries of statements other fingerprints; when they come again, they are found by what they
-- say.
-- depends: 0032_tell_where_tax_is_levied

alter table billing.bank_transactions
add column is_of_first_version boolean not null default true;
alter table billing.bank_transactions
alter column is_of_first_version set default false;
comment on column billing.bank_transactions.is_of_first_version
is 'Stored by version 0.1.0, which took some placeholders of banks for references.';
create index bank_transactions_first_version_idx on billing.bank_transactions (booked_on, amount)
where is_of_first_version;
