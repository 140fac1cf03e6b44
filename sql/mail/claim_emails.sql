-- Leases as in claim_documents. An e-mail with attachments waits for their documents, and that of a card
-- invoice for its charge, as long as this delivery has not tried it in vain: it says what came of it. The attempt is on
-- record before anything is sent: at least once, under one Message-ID.
create or replace function billing.claim_emails(
    p_worker text,
    p_limit integer,
    p_lease interval,
    p_not_failed_since timestamptz,
    p_has_gateway boolean,
    p_as_of date
)
returns table (
    email_id bigint,
    message_id text,
    attempt integer
)
language sql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
with claimable as (
    select emails.email_id
    from billing.emails
    where
        emails.state = 'queued'
        and billing.dated_on(
            emails.invoice_id,
            emails.credit_note_id,
            case when emails.template = 'invoice_void' then emails.invoice_id end
        ) <= p_as_of
        and (emails.failed_at is null or emails.failed_at < p_not_failed_since)
        and billing.is_free_to_claim(emails.claimed_by, emails.claimed_pid, emails.claim_expires_at)
        and not exists (
            select from billing.documents
            where
                documents.pdf is null
                and (
                    documents.credit_note_id = emails.credit_note_id
                    or (emails.template = 'invoice_void' and documents.voided_invoice_id = emails.invoice_id)
                )
        )
        and not (
            p_has_gateway
            and emails.template = 'invoice_card'
            and exists (
                select from billing.payment_attempts
                where
                    payment_attempts.invoice_id = emails.invoice_id
                    and payment_attempts.state in ('scheduled', 'sent', 'unknown')
                    and (payment_attempts.failed_at is null or payment_attempts.failed_at < p_not_failed_since)
            )
        )
    order by emails.email_id
    limit p_limit
    for update skip locked
),

claimed as (
    update billing.emails
    set
        claimed_by = p_worker,
        claimed_pid = pg_backend_pid(),
        claim_expires_at = clock_timestamp() + p_lease,
        attempts = emails.attempts + 1
    from claimable
    where emails.email_id = claimable.email_id
    returning
        emails.email_id,
        emails.message_id,
        emails.attempts
),

begun as (
    insert into billing.email_attempts (email_id, attempt)
    select
        claimed.email_id,
        claimed.attempts
    from claimed
)

select * from claimed
$$;

comment on function billing.claim_emails (text, integer, interval, timestamptz, boolean, date)
is 'Claims up to p_limit e-mails to send and notes the attempt; those that failed after p_not_failed_since are left for the next delivery, those about a document dated after p_as_of for its day.';
