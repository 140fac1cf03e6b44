-- What of an invoice is held of its customer is noted with the claim: the document shows it, and its issue needs it.
create or replace function billing.claim_documents(
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
with claimed as (
    select *
    from billing.claim_work(
        p_kind => 'document',
        p_worker => p_worker,
        p_limit => p_limit,
        p_lease => p_lease,
        p_not_failed_since => p_not_failed_since,
        p_as_of => p_as_of
    )
),

noted as (
    update billing.documents
    set prepaid_amount = coalesce(billing._prepaid_amount(documents.invoice_id), 0)
    where documents.document_id = any(array(select claimed.subject_id from claimed))
)

select * from claimed
$$;

comment on function billing.claim_documents (text, integer, interval, timestamptz, date)
is 'Claims up to p_limit documents that are to be rendered, invoices and credit notes, by billing.claim_work. Held ones are left alone until their run is released.';
