create or replace function billing.audit_entry_texts(p_entry billing.audit_log)
returns text[]
language sql
immutable
parallel safe
security invoker
return array[
    p_entry.actor, p_entry.topic, p_entry.subject, p_entry.from_state, p_entry.to_state, p_entry.reason
]::text[] || case when p_entry.seal is null then '{}' else array[p_entry.seal::text] end;

comment on function billing.audit_entry_texts (billing.audit_log)
is 'The texts of an audit entry that its hash is of; the seal is one only where there is one, so that older entries keep their hash.';
