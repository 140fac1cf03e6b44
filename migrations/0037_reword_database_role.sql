-- A list of pairs is stored as nested alternatives, which a dump writes and a restored database reads as flat ones: the
-- same rule in other words, which billing check would take for a change. Written flat, it stays as it is.
-- depends: 0036_name_csv_statements

set local role billing_owner;

alter table billing.api_tokens
drop constraint database_role_matches_role,
add constraint database_role_matches_role check (
    role = 'reader' and database_role = 'billing_reader'
    or role = 'finance' and database_role = 'billing_worker'
    or role = 'approver' and database_role = 'billing_worker'
);
