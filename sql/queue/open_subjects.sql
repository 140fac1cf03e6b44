-- What is open, of which document, and since when, is said here for all kinds. E-mails that were refused and go out
-- once more have been claimed before; held documents wait for their release outside of the queue.
create or replace function billing.open_subjects()
returns table (
    kind text,
    subject_id bigint,
    document_number text,
    dated_on date,
    claim integer
)
language sql
stable
security invoker
as $$
select
    subjects.kind,
    subjects.subject_id,
    coalesce(credit_notes.credit_note_number, invoices.invoice_number) as document_number,
    coalesce(
        credit_notes.issued_on,
        case when subjects.is_of_void then invoices.voided_on end,
        invoices.issued_on
    ) as dated_on,
    subjects.claim
from (
    select
        'document' as kind,
        document_id as subject_id,
        coalesce(invoice_id, voided_invoice_id) as invoice_id,
        credit_note_id,
        voided_invoice_id is not null as is_of_void,
        0 as claim
    from billing.documents
    where pdf is null and held_at is null
    union all
    select
        'charge' as kind,
        payment_attempt_id as subject_id,
        invoice_id,
        null as credit_note_id,
        false as is_of_void,
        0 as claim
    from billing.payment_attempts
    where state in ('scheduled', 'sent', 'unknown')
    union all
    select
        'refund' as kind,
        refund_id as subject_id,
        invoice_id,
        credit_note_id,
        false as is_of_void,
        0 as claim
    from billing.refunds
    where state in ('scheduled', 'sent', 'unknown')
    union all
    select
        'email' as kind,
        email_id as subject_id,
        invoice_id,
        credit_note_id,
        template = 'invoice_void' as is_of_void,
        coalesce((
            select max(email_attempts.attempt)
            from billing.email_attempts
            where email_attempts.email_id = emails.email_id
        ), 0) as claim
    from billing.emails
    where state = 'queued'
) as subjects
left join billing.invoices using (invoice_id)
left join billing.credit_notes on subjects.credit_note_id = credit_notes.credit_note_id
$$;

comment on function billing.open_subjects ()
is 'Every document, charge, refund and e-mail with something left to do, as it is to stand in the queue.';
