-- Classes: 08 connection, 25 transaction state (a server that only reads, in a failover), 40 rollback, 53 resources,
-- 55 not now (but 55000, which our functions raise for an invoice in the wrong state), 57 operator, 58 system, XX
-- internal. Undefined objects (42) are met while a deployment replaces them.
create or replace function billing._is_momentary(p_sqlstate text)
returns boolean
language sql
immutable
security invoker
return p_sqlstate <> '55000' and left(p_sqlstate, 2) in ('08', '25', '40', '42', '53', '55', '57', '58', 'XX');

comment on function billing._is_momentary (text)
is 'Whether an error is one of the moment: the same may work when it is tried again.';
