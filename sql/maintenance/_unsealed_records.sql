-- What the audit log does not know at all was not numbered by an earlier version, nor by this one: that is broken
-- (_broken_seals), and no upgrade makes it right.
create or replace function billing._unsealed_records()
returns table (
    topic text,
    record_id bigint
)
language sql
stable
security invoker
as $$
select
    seals.topic,
    seals.record_id
from billing.seals() as seals
where
    not exists (
        select from billing.audit_log
        where
            audit_log.topic = seals.topic
            and audit_log.subject = seals.subject
            and audit_log.seal is not null
    )
    and (
        seals.topic = 'document'
        or exists (
            select from billing.audit_log
            where audit_log.topic = seals.topic and audit_log.subject = seals.subject
        )
    )
$$;

comment on function billing._unsealed_records ()
is 'The invoices, credit notes and PDFs that have no seal, because an earlier version made them final.';
