-- Leases as in claim_documents. A refund that was sent but has no answer is claimed like a new one and sent again
-- under the same key.
create or replace function billing.claim_refunds(
    p_worker text,
    p_limit integer,
    p_lease interval,
    p_not_failed_since timestamptz,
    p_as_of date
)
returns table (
    refund_id bigint,
    document_number text,
    claim integer,
    state text
)
language sql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
with claimable as (
    select refunds.refund_id
    from billing.refunds
    where
        refunds.state in ('scheduled', 'sent', 'unknown')
        and billing.dated_on(refunds.invoice_id, refunds.credit_note_id, null) <= p_as_of
        and (refunds.failed_at is null or refunds.failed_at < p_not_failed_since)
        and billing.is_free_to_claim(refunds.claimed_by, refunds.claimed_pid, refunds.claim_expires_at)
    order by refunds.refund_id
    limit p_limit
    for update skip locked
)

update billing.refunds
set
    claimed_by = p_worker,
    claimed_pid = pg_backend_pid(),
    claim_expires_at = clock_timestamp() + p_lease,
    claims = refunds.claims + 1
from claimable
inner join billing.refunds as claimed using (refund_id)
left join billing.credit_notes using (credit_note_id)
left join billing.invoices on claimed.invoice_id = invoices.invoice_id
where refunds.refund_id = claimable.refund_id
returning
    refunds.refund_id,
    coalesce(credit_notes.credit_note_number, invoices.invoice_number),
    refunds.claims,
    refunds.state
$$;

comment on function billing.claim_refunds (text, integer, interval, timestamptz, date)
is 'Claims up to p_limit refunds to send, new ones and those without an answer; those that failed after p_not_failed_since are left for the next delivery, those of a document dated after p_as_of for its day.';
