-- Chains the entry to the newest one. Locks: 'audit log'; writers queue until commit, for the
-- chain has one end.
create or replace function billing._chain_audit_entry(p_entry billing.audit_log)
returns void
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    perform billing.lock('audit log');
    select
        audit_log.entry + 1,
        audit_log.hash
    into p_entry.entry, p_entry.previous_hash
    from billing.audit_log
    order by audit_log.entry desc
    limit 1;
    p_entry.entry := coalesce(p_entry.entry, 1);
    p_entry.previous_hash := coalesce(p_entry.previous_hash, ''::bytea);
    p_entry.recorded_at := clock_timestamp();
    p_entry.actor := session_user;
    insert into billing.audit_log (
        entry, recorded_at, business_date, actor, topic, subject, from_state, to_state, reason, seal,
        previous_hash, hash
    )
    values (
        p_entry.entry, p_entry.recorded_at, p_entry.business_date, p_entry.actor, p_entry.topic, p_entry.subject,
        p_entry.from_state, p_entry.to_state, p_entry.reason, p_entry.seal, p_entry.previous_hash,
        billing.audit_entry_hash(
            p_entry => p_entry.entry,
            p_recorded_at => p_entry.recorded_at,
            p_business_date => p_entry.business_date,
            p_texts => billing.audit_entry_texts(p_entry),
            p_previous_hash => p_entry.previous_hash
        )
    );
end;
$$;

comment on function billing._chain_audit_entry (billing.audit_log)
is 'Adds an entry to the hash-chained audit log, with the next number, the instant and the database role that connected.';
