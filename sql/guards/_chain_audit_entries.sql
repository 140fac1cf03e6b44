-- Chains entries to the newest one, in their order, in one pass. Locks: 'audit log'; writers queue until commit, for
-- the chain has one end.
create or replace function billing._chain_audit_entries(p_entries billing.audit_log[])
returns void
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_now constant timestamptz := clock_timestamp();
    v_entry billing.audit_log;
    v_number bigint;
    v_hash bytea;
    v_chained billing.audit_log [] := array[]::billing.audit_log [];
begin
    perform billing.lock('audit log');
    select max(audit_log.entry) into v_number from billing.audit_log;
    select audit_log.hash into v_hash
    from billing.audit_log
    where audit_log.entry = v_number;
    v_number := coalesce(v_number, 0);
    v_hash := coalesce(v_hash, ''::bytea);
    foreach v_entry in array p_entries loop
        v_number := v_number + 1;
        v_entry.entry := v_number;
        v_entry.recorded_at := v_now;
        v_entry.actor := session_user;
        v_entry.previous_hash := v_hash;
        v_hash := billing.audit_entry_hash(
            p_entry => v_number,
            p_recorded_at => v_now,
            p_business_date => v_entry.business_date,
            p_texts => billing.audit_entry_texts(v_entry),
            p_previous_hash => v_hash
        );
        v_entry.hash := v_hash;
        v_chained := v_chained || v_entry;
    end loop;
    insert into billing.audit_log
    select chained.* from unnest(v_chained) as chained;
end;
$$;

comment on function billing._chain_audit_entries (billing.audit_log[])
is 'Adds entries to the hash-chained audit log, with the next numbers, the instant and the database role that connected.';
