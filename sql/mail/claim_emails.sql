-- As billing.claim_work. An e-mail with attachments waits for their documents, and that of a card invoice for its
-- charge, as long as this delivery has not tried it in vain: it says what came of it. The attempt is on record before
-- anything is sent: at least once, under one Message-ID. Long for what an e-mail waits for.
create or replace function billing.claim_emails(
    p_worker text,
    p_limit integer,
    p_lease interval,
    p_not_failed_since timestamptz,
    p_has_gateway boolean,
    p_as_of date
)
returns table (
    subject_id bigint,
    name text,
    claim integer
)
language sql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
with claimed as (
    select *
    from billing.take_work(
        p_kind => 'email',
        p_subject_ids => array(
            select work_items.subject_id
            from billing.work_items
            inner join billing.emails on work_items.subject_id = emails.email_id
            where
                work_items.kind = 'email'
                and work_items.dated_on <= p_as_of
                and (work_items.failed_at is null or work_items.failed_at < p_not_failed_since)
                and billing.is_free_to_claim(
                    work_items.claimed_by, work_items.claimed_pid, work_items.claim_expires_at
                )
                and not exists (
                    select from billing.documents
                    where
                        documents.pdf is null
                        and (
                            documents.credit_note_id = emails.credit_note_id
                            or (
                                emails.template = 'invoice_void'
                                and documents.voided_invoice_id = emails.invoice_id
                            )
                        )
                )
                and not (
                    p_has_gateway
                    and emails.template = 'invoice_card'
                    and exists (
                        select from billing.payment_attempts
                        inner join billing.work_items as charges
                            on payment_attempts.payment_attempt_id = charges.subject_id
                        where
                            charges.kind = 'charge'
                            and payment_attempts.invoice_id = emails.invoice_id
                            and (charges.failed_at is null or charges.failed_at < p_not_failed_since)
                    )
                )
            order by work_items.subject_id
            limit p_limit
            for update of work_items skip locked
        ),
        p_worker => p_worker,
        p_lease => p_lease
    )
),

begun as (
    insert into billing.email_attempts (email_id, attempt)
    select
        claimed.subject_id,
        claimed.claim
    from claimed
)

select
    claimed.subject_id,
    (select emails.message_id from billing.emails where emails.email_id = claimed.subject_id) as name,
    claimed.claim
from claimed
$$;

comment on function billing.claim_emails (text, integer, interval, timestamptz, boolean, date)
is 'Claims up to p_limit e-mails to send, with their Message-IDs, and notes the attempts.';
