create or replace function billing._broken_audit_log()
returns table (
    invariant text,
    subject text,
    detail text
)
language sql
stable
security invoker
as $$
with chain as (
    select
        audit_log.*,
        audit_log as log_entry,
        coalesce(lag(audit_log.hash) over (order by audit_log.entry), ''::bytea) as expected_previous_hash,
        row_number() over (order by audit_log.entry) as ordinal
    from billing.audit_log
)

select
    'the audit log''s hash chain is unbroken' as invariant,
    'entry ' || chain.entry as subject,
    format(
        '%s, %s to %s: it, or one before it, was changed or removed',
        chain.subject,
        chain.from_state,
        chain.to_state
    ) as detail
from chain
where
    chain.entry <> chain.ordinal
    or chain.previous_hash <> chain.expected_previous_hash
    or chain.hash <> billing.audit_entry_hash(
        p_entry => chain.entry,
        p_recorded_at => chain.recorded_at,
        p_business_date => chain.business_date,
        p_texts => billing.audit_entry_texts(chain.log_entry),
        p_previous_hash => chain.previous_hash
    )
$$;

comment on function billing._broken_audit_log ()
is 'Entries of the audit log that do not follow from the one before.';
