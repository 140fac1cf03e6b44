create or replace function billing.append_seal(
    p_topic text,
    p_record_id bigint,
    p_to_state text,
    p_reason text
)
returns void
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
    v_entry billing.audit_log;
begin
    select
        seals.dated_on,
        seals.topic,
        seals.subject,
        seals.seal
    into strict v_entry.business_date, v_entry.topic, v_entry.subject, v_entry.seal
    from billing.seals() as seals
    where seals.topic = p_topic and seals.record_id = p_record_id;
    v_entry.to_state := p_to_state;
    v_entry.reason := p_reason;
    perform billing._chain_audit_entries(array[v_entry]);
end;
$$;

comment on function billing.append_seal (text, bigint, text, text)
is 'Writes into the audit log what a record that has just become final consists of, as hashes.';
