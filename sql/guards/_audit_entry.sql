create or replace function billing._audit_entry(
    p_business_date date,
    p_subject text,
    p_to_state text,
    p_reason text,
    p_seal jsonb
)
returns billing.audit_log
language sql
immutable
parallel safe
security invoker
return row(
    null, null, p_business_date, null, 'invoice', p_subject, null, p_to_state, p_reason, null, null, p_seal
)::billing.audit_log;

comment on function billing._audit_entry (date, text, text, text, jsonb)
is 'An entry about an invoice that becomes final, before it is chained.';
