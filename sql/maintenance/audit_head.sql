create or replace function billing.audit_head()
returns table (
    entry bigint,
    hash text
)
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
select
    audit_log.entry,
    encode(audit_log.hash, 'hex') as hash
from billing.audit_log
order by audit_log.entry desc
limit 1
$$;

comment on function billing.audit_head ()
is 'Newest entry of the audit log and its hash: kept elsewhere, it proves later that nothing before it was changed.';
