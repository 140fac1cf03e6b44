create or replace function billing.append_audit_entry(
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
    v_entry billing.audit_log;
begin
    v_entry.business_date := p_business_date;
    v_entry.topic := p_topic;
    v_entry.subject := p_subject;
    v_entry.from_state := p_from_state;
    v_entry.to_state := p_to_state;
    v_entry.reason := p_reason;
    perform billing._chain_audit_entries(array[v_entry]);
end;
$$;

comment on function billing.append_audit_entry (date, text, text, text, text, text)
is 'Adds an entry about a change of state, which freezes nothing, to the audit log.';
