create or replace function billing.seals()
returns table (
    topic text,
    record_id bigint,
    subject text,
    dated_on date,
    seal jsonb
)
language sql
stable
security invoker
as $$
select
    'invoice' as topic,
    invoice_seals.invoice_id as record_id,
    invoice_seals.subject,
    invoice_seals.dated_on,
    invoice_seals.seal
from billing._invoice_seals() as invoice_seals
union all
select
    'credit_note' as topic,
    credit_note_seals.credit_note_id as record_id,
    credit_note_seals.subject,
    credit_note_seals.dated_on,
    credit_note_seals.seal
from billing._credit_note_seals() as credit_note_seals
union all
select
    'document' as topic,
    document_seals.document_id as record_id,
    document_seals.subject,
    document_seals.dated_on,
    document_seals.seal
from billing._document_seals() as document_seals
$$;

comment on function billing.seals ()
is 'One row per numbered invoice, credit note and stored PDF: what the audit log must have said of it when it became final, by topic and subject.';
