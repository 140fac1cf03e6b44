-- The first seal of a record counts. A seal without its record says what was taken away; a numbered record that the
-- audit log does not know was never numbered by the engine. A record that an earlier version numbered has no seal
-- until billing up makes one, which breaks nothing. Long for its rules, a branch each.
create or replace function billing._broken_seals()
returns table (
    invariant text,
    subject text,
    detail text
)
language sql
stable
security invoker
as $$
with sealed as (
    select distinct on (audit_log.topic, audit_log.subject)
        audit_log.topic,
        audit_log.subject,
        audit_log.entry,
        audit_log.seal
    from billing.audit_log
    where audit_log.seal is not null
    order by
        audit_log.topic asc,
        audit_log.subject asc,
        audit_log.entry asc
),

compared as (
    select
        subject,
        topic,
        sealed.entry,
        sealed.seal as as_sealed,
        seals.seal as as_stored
    from sealed
    full join billing.seals() as seals using (topic, subject)
    where sealed.seal is distinct from seals.seal
)

select
    'what is final stays as it was sealed' as invariant,
    compared.subject,
    format('since entry %s of the audit log this was changed: %s', compared.entry, changes.parts) as detail
from compared
cross join lateral (
    select string_agg(parts.part, ', ' order by parts.part collate "C") as parts
    from jsonb_each(compared.as_sealed) as parts (part, content_hash)
    where compared.as_stored -> parts.part is distinct from parts.content_hash
) as changes
where compared.as_stored is not null and changes.parts is not null
union all
select
    'what is final stays as it was sealed' as invariant,
    compared.subject,
    format(
        'the %s of entry %s of the audit log is not there any more',
        case compared.topic when 'document' then 'PDF' when 'credit_note' then 'credit note' else compared.topic end,
        compared.entry
    ) as detail
from compared
where compared.as_stored is null
union all
select
    'what is numbered is in the audit log' as invariant,
    compared.subject,
    'no entry says when it was numbered' as detail
from compared
where
    compared.as_sealed is null
    and compared.topic <> 'document'
    and not exists (
        select from billing.audit_log
        where audit_log.topic = compared.topic and audit_log.subject = compared.subject
    )
$$;

comment on function billing._broken_seals ()
is 'Invoices, credit notes and PDFs that are not what they were when they became final, are gone, or were never made final by the engine.';
