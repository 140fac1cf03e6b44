-- Claims are leases (billing.is_free_to_claim): skip locked, so workers never wait for each other. The attempt number
-- is the fencing token of the claim. Held ones are left alone.
create or replace function billing.claim_documents(
    p_worker text,
    p_limit integer,
    p_lease interval,
    p_not_failed_since timestamptz,
    p_as_of date
)
returns table (
    document_id bigint,
    document_number text,
    attempt integer
)
language sql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
with claimable as (
    select documents.document_id
    from billing.documents
    where
        documents.pdf is null
        and documents.held_at is null
        and billing.dated_on(documents.invoice_id, documents.credit_note_id, documents.voided_invoice_id) <= p_as_of
        and (documents.failed_at is null or documents.failed_at < p_not_failed_since)
        and billing.is_free_to_claim(documents.claimed_by, documents.claimed_pid, documents.claim_expires_at)
    order by documents.document_id
    limit p_limit
    for update skip locked
)

update billing.documents
set
    claimed_by = p_worker,
    claimed_pid = pg_backend_pid(),
    claim_expires_at = clock_timestamp() + p_lease,
    attempts = documents.attempts + 1,
    prepaid_amount = coalesce(billing._prepaid_amount(claimed.invoice_id), 0)
from claimable
inner join billing.documents as claimed using (document_id)
left join billing.invoices on coalesce(claimed.invoice_id, claimed.voided_invoice_id) = invoices.invoice_id
left join billing.credit_notes using (credit_note_id)
where documents.document_id = claimable.document_id
returning
    documents.document_id,
    coalesce(invoices.invoice_number, credit_notes.credit_note_number),
    documents.attempts
$$;

comment on function billing.claim_documents (text, integer, interval, timestamptz, date)
is 'Claims up to p_limit documents that are to be rendered, invoices and credit notes, for the time of p_lease. Those that failed after p_not_failed_since are left for the next delivery, held ones until their run is released, those dated after p_as_of until their day.';
