-- Claims are leases (billing.is_free_to_claim): skip locked, so workers never wait for each other. What was sent and
-- has no answer is claimed like what is new: resolving it comes before anything else. The row alone is locked, and
-- nothing is waited for.
create or replace function billing.claim_work(
    p_kind text,
    p_worker text,
    p_limit integer,
    p_lease interval,
    p_not_failed_since timestamptz,
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
select *
from billing.take_work(
    p_kind => p_kind,
    p_subject_ids => array(
        select work_items.subject_id
        from billing.work_items
        where
            work_items.kind = p_kind
            and work_items.dated_on <= p_as_of
            and (work_items.failed_at is null or work_items.failed_at < p_not_failed_since)
            and billing.is_free_to_claim(
                work_items.claimed_by, work_items.claimed_pid, work_items.claim_expires_at
            )
        order by work_items.subject_id
        limit p_limit
        for update skip locked
    ),
    p_worker => p_worker,
    p_lease => p_lease
)
$$;

comment on function billing.claim_work (text, text, integer, interval, timestamptz, date)
is 'Claims up to p_limit charges or refunds, with the number of the document; documents and e-mails by claim_documents and claim_emails. Those that failed after p_not_failed_since are left for the next delivery, those about a document dated after p_as_of for its day.';
