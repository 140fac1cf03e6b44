-- Documents, e-mails, charges and refunds were four queues with the same columns. What is open of them is one now: who
-- works on it, and why that failed last. Claims under way are let go: whoever delivers claims anew.
-- depends: 0045_make_dunning_steps_rows

set local role billing_owner;

create table billing.work_items (
    kind text not null,
    subject_id bigint not null,
    document_number text not null,
    dated_on date not null,
    claim integer not null default 0,
    claimed_by text,
    claimed_pid integer,
    claim_expires_at timestamptz,
    failed_at timestamptz,
    last_error text,
    constraint work_items_pkey primary key (kind, subject_id),
    constraint work_kind_is_known check (kind in ('document', 'charge', 'refund', 'email')),
    constraint claims_are_counted check (claim >= case when claimed_by is null then 0 else 1 end),
    constraint claim_has_an_end check (
        (claimed_by is null) = (claim_expires_at is null) and (claimed_by is null) = (claimed_pid is null)
    ),
    constraint failed_work_has_a_reason check ((failed_at is null) = (last_error is null))
);

comment on table billing.work_items
is 'The queue: a row for each document to render, charge and refund to send or resolve, and e-mail to send. Done, it is deleted; held documents are not in it.';
comment on column billing.work_items.subject_id is 'The document, payment attempt, refund or e-mail.';
comment on column billing.work_items.document_number is 'The invoice or credit note that it is about.';
comment on column billing.work_items.dated_on is 'What that is dated, or since when it is void: not before is anything done.';
comment on column billing.work_items.claim
is 'Counts claims; the count a worker got with its claim is its fencing token.';
comment on column billing.work_items.claimed_pid
is 'Server process of the claiming worker: when it is gone, so is the claim.';

insert into billing.work_items (kind, subject_id, document_number, dated_on, claim, failed_at, last_error)
select
    open_work.kind,
    open_work.subject_id,
    coalesce(credit_notes.credit_note_number, invoices.invoice_number) as document_number,
    case
        when open_work.credit_note_id is not null then credit_notes.issued_on
        when open_work.is_of_void then invoices.voided_on
        else invoices.issued_on
    end as dated_on,
    open_work.claim,
    open_work.failed_at,
    case
        when open_work.failed_at is not null then coalesce(open_work.last_error, 'no reason was noted')
    end as last_error
from (
    select
        'document' as kind,
        document_id as subject_id,
        coalesce(invoice_id, voided_invoice_id) as invoice_id,
        credit_note_id,
        voided_invoice_id is not null as is_of_void,
        attempts as claim,
        failed_at,
        last_error
    from billing.documents
    where pdf is null and held_at is null
    union all
    select
        'charge' as kind,
        payment_attempt_id as subject_id,
        invoice_id,
        null as credit_note_id,
        false as is_of_void,
        claims as claim,
        failed_at,
        last_error
    from billing.payment_attempts
    where state in ('scheduled', 'sent', 'unknown')
    union all
    select
        'refund' as kind,
        refund_id as subject_id,
        invoice_id,
        credit_note_id,
        false as is_of_void,
        claims as claim,
        failed_at,
        last_error
    from billing.refunds
    where state in ('scheduled', 'sent', 'unknown')
    union all
    select
        'email' as kind,
        email_id as subject_id,
        invoice_id,
        credit_note_id,
        template = 'invoice_void' as is_of_void,
        attempts as claim,
        failed_at,
        last_error
    from billing.emails
    where state = 'queued'
) as open_work
left join billing.invoices using (invoice_id)
left join billing.credit_notes on open_work.credit_note_id = credit_notes.credit_note_id;

drop index billing.documents_claimable_idx;
alter table billing.documents
drop column claimed_by,
drop column claim_expires_at,
drop column claimed_pid,
drop column failed_at,
drop column last_error,
add constraint held_documents_are_untouched check (held_at is null or pdf is null);
alter table billing.documents rename column attempts to claim;
alter table billing.documents
alter column claim drop default,
alter column claim drop not null;
update billing.documents
set claim = null
where pdf is null;
alter table billing.documents
add constraint rendered_documents_had_a_claim check ((pdf is null) = (claim is null));
comment on table billing.documents is 'The PDF of each numbered invoice, credit note and void invoice.';
comment on column billing.documents.claim is 'The claim under which it was rendered.';

alter table billing.payment_attempts
drop column claimed_by,
drop column claimed_pid,
drop column claim_expires_at,
drop column claims,
drop column failed_at,
drop column last_error;

drop index billing.refunds_open_idx;
alter table billing.refunds
drop column claimed_by,
drop column claimed_pid,
drop column claim_expires_at,
drop column claims,
drop column failed_at,
drop column last_error;

drop index billing.emails_queued_idx;
alter table billing.emails
drop column claimed_by,
drop column claimed_pid,
drop column claim_expires_at,
drop column attempts,
drop column failed_at;
alter table billing.emails rename column last_error to refusal;
update billing.emails
set refusal = null
where state <> 'refused';
alter table billing.emails
add constraint only_refused_emails_have_a_refusal check (refusal is null or state = 'refused');
comment on column billing.emails.refusal is 'What the mail server said when it refused it for good.';
