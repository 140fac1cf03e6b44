-- Chains the entry to the newest one. Locks: 'audit log'; writers queue until commit, for the
-- chain has one end.
create or replace function billing._append_audit_entry(
    p_business_date date,
    p_topic text,
    p_subject text,
    p_from_state text,
    p_to_state text,
    p_reason text
)
returns void
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_entry bigint;
    v_previous_hash bytea;
    v_recorded_at timestamptz := clock_timestamp();
begin
    perform billing._lock('audit log');
    select
        entry + 1,
        hash
    into v_entry, v_previous_hash
    from billing.audit_log
    order by entry desc
    limit 1;
    v_entry := coalesce(v_entry, 1);
    v_previous_hash := coalesce(v_previous_hash, ''::bytea);
    insert into billing.audit_log (
        entry, recorded_at, business_date, actor, topic, subject, from_state, to_state, reason,
        previous_hash, hash
    )
    values (
        v_entry, v_recorded_at, p_business_date, session_user, p_topic, p_subject, p_from_state, p_to_state,
        p_reason, v_previous_hash,
        billing.audit_entry_hash(
            p_entry => v_entry,
            p_recorded_at => v_recorded_at,
            p_business_date => p_business_date,
            p_texts => array[session_user::text, p_topic, p_subject, p_from_state, p_to_state, p_reason],
            p_previous_hash => v_previous_hash
        )
    );
end;
$$;

comment on function billing._append_audit_entry (date, text, text, text, text, text)
is 'Adds an entry to the hash-chained audit log. The actor is the database role that connected.';
