-- The accounts of the journal have numbers in the controller's ledger, and its DATEV file says whose books it is of.
-- depends: 0055_close_months

set local role billing_owner;

alter table billing.seller_profiles
add column accounts jsonb not null default '{}',
add column datev jsonb not null default '{}',
add constraint accounts_are_names_with_numbers check (jsonb_typeof(accounts) = 'object'),
add constraint datev_is_names_with_numbers check (jsonb_typeof(datev) = 'object');
comment on column billing.seller_profiles.accounts
is 'Accounts of the journal and their numbers in the ledger, by name; tax and revenue stand for all of their kind without one, debtors is what the number of a customer''s own account counts from.';
comment on column billing.seller_profiles.datev
is 'consultant_number and client_number of the DATEV export, fiscal_year_starts_in the month (1 to 12).';
