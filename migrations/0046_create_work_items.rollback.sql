alter table billing.documents
drop constraint rendered_documents_had_a_claim,
drop constraint held_documents_are_untouched;
alter table billing.documents rename column claim to attempts;
update billing.documents
set attempts = 0
where pdf is null;
alter table billing.documents
alter column attempts set default 0,
alter column attempts set not null,
add column claimed_by text,
add column claim_expires_at timestamptz,
add column claimed_pid integer,
add column failed_at timestamptz,
add column last_error text,
add constraint claim_has_an_end check (
    (claimed_by is null) = (claim_expires_at is null) and (claimed_by is null) = (claimed_pid is null)
),
add constraint failures_have_a_reason check ((failed_at is null) = (last_error is null)),
add constraint rendered_documents_are_not_claimed check (pdf is null or claimed_by is null),
add constraint held_documents_are_untouched check (held_at is null or (pdf is null and claimed_by is null));
update billing.documents
set
    attempts = work_items.claim,
    failed_at = work_items.failed_at,
    last_error = work_items.last_error
from billing.work_items
where work_items.kind = 'document' and work_items.subject_id = documents.document_id;
create index documents_claimable_idx on billing.documents (document_id) where pdf is null and held_at is null;
comment on table billing.documents is 'The PDF of each numbered invoice, and the queue of those still to render.';
comment on column billing.documents.claimed_pid
is 'Server process of the claiming worker: when it is gone, so is the claim.';
comment on column billing.documents.attempts is 'Counts claims; the count a worker got with its claim is its fencing token.';

alter table billing.payment_attempts
add column claimed_by text,
add column claimed_pid integer,
add column claim_expires_at timestamptz,
add column claims integer not null default 0,
add column failed_at timestamptz,
add column last_error text,
add constraint attempt_claim_has_an_end check (
    (claimed_by is null) = (claim_expires_at is null) and (claimed_by is null) = (claimed_pid is null)
);
update billing.payment_attempts
set
    claims = work_items.claim,
    failed_at = work_items.failed_at,
    last_error = work_items.last_error
from billing.work_items
where work_items.kind = 'charge' and work_items.subject_id = payment_attempts.payment_attempt_id;

alter table billing.refunds
add column claimed_by text,
add column claimed_pid integer,
add column claim_expires_at timestamptz,
add column claims integer not null default 0,
add column failed_at timestamptz,
add column last_error text,
add constraint refund_claim_has_an_end check (
    (claimed_by is null) = (claim_expires_at is null) and (claimed_by is null) = (claimed_pid is null)
);
update billing.refunds
set
    claims = work_items.claim,
    failed_at = work_items.failed_at,
    last_error = work_items.last_error
from billing.work_items
where work_items.kind = 'refund' and work_items.subject_id = refunds.refund_id;
create index refunds_open_idx on billing.refunds (refund_id) where state in ('scheduled', 'sent', 'unknown');

alter table billing.emails drop constraint only_refused_emails_have_a_refusal;
comment on column billing.emails.refusal is null;
alter table billing.emails rename column refusal to last_error;
alter table billing.emails
add column claimed_by text,
add column claimed_pid integer,
add column claim_expires_at timestamptz,
add column attempts integer not null default 0,
add column failed_at timestamptz,
add constraint email_claim_has_an_end check (
    (claimed_by is null) = (claim_expires_at is null) and (claimed_by is null) = (claimed_pid is null)
);
update billing.emails
set attempts = tries.made
from (
    select
        email_id,
        max(attempt) as made
    from billing.email_attempts
    group by email_id
) as tries
where tries.email_id = emails.email_id;
update billing.emails
set
    failed_at = work_items.failed_at,
    last_error = work_items.last_error
from billing.work_items
where work_items.kind = 'email' and work_items.subject_id = emails.email_id;
create index emails_queued_idx on billing.emails (email_id) where state = 'queued';

drop table billing.work_items;
