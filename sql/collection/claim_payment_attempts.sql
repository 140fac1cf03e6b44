-- Leases as in claim_documents. An attempt that was sent but has no answer (sent, unknown) is claimed like a new one:
-- resolving it comes before anything else.
create or replace function billing.claim_payment_attempts(
    p_worker text,
    p_limit integer,
    p_lease interval,
    p_not_failed_since timestamptz,
    p_as_of date
)
returns table (
    payment_attempt_id bigint,
    invoice_id bigint,
    invoice_number text,
    claim integer,
    state text,
    sent_at timestamptz
)
language sql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
with claimable as (
    select attempts.payment_attempt_id
    from billing.payment_attempts as attempts
    where
        attempts.state in ('scheduled', 'sent', 'unknown')
        and billing.dated_on(attempts.invoice_id, null, null) <= p_as_of
        and (attempts.failed_at is null or attempts.failed_at < p_not_failed_since)
        and billing.is_free_to_claim(attempts.claimed_by, attempts.claimed_pid, attempts.claim_expires_at)
    order by attempts.payment_attempt_id
    limit p_limit
    for update skip locked
)

update billing.payment_attempts
set
    claimed_by = p_worker,
    claimed_pid = pg_backend_pid(),
    claim_expires_at = clock_timestamp() + p_lease,
    claims = payment_attempts.claims + 1
from claimable
inner join billing.payment_attempts as claimed using (payment_attempt_id)
inner join billing.invoices using (invoice_id)
where payment_attempts.payment_attempt_id = claimable.payment_attempt_id
returning
    payment_attempts.payment_attempt_id,
    payment_attempts.invoice_id,
    invoices.invoice_number,
    payment_attempts.claims,
    payment_attempts.state,
    payment_attempts.sent_at
$$;

comment on function billing.claim_payment_attempts (text, integer, interval, timestamptz, date)
is 'Claims up to p_limit attempts to charge a card, new ones and those without an answer; those that failed after p_not_failed_since are left for the next delivery, those of an invoice dated after p_as_of for its day.';
