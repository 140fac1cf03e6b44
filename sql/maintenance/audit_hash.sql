create or replace function billing.audit_hash(p_entry bigint)
returns text
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
select encode(audit_log.hash, 'hex')
from billing.audit_log
where audit_log.entry = p_entry
$$;

comment on function billing.audit_hash (bigint)
is 'Hash of an entry of the audit log, to be compared with what was kept elsewhere; null if there is none of that number.';
