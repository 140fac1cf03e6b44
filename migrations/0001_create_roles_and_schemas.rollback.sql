-- Roles stay: another database of the server may use them.
alter default privileges for role billing_analyst in schema reporting
revoke select on tables from billing_reader;
alter default privileges for role billing_owner in schema billing
revoke select on tables from billing_analyst;
alter default privileges for role billing_owner grant execute on functions to public;
drop schema reporting cascade;
drop schema analytics cascade;
drop schema billing cascade;
drop extension btree_gist;
drop schema extensions;
