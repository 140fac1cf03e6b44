create or replace function billing.open_work()
returns table (
    documents bigint,
    charges bigint,
    refunds bigint,
    emails bigint
)
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
select
    (
        select count(*)
        from billing.documents
        where documents.pdf is null and documents.held_at is null
    ) as documents,
    (
        select count(*)
        from billing.payment_attempts
        where payment_attempts.state in ('scheduled', 'sent', 'unknown')
    ) as charges,
    (
        select count(*)
        from billing.refunds
        where refunds.state in ('scheduled', 'sent', 'unknown')
    ) as refunds,
    (select count(*) from billing.emails where emails.state = 'queued') as emails
$$;

comment on function billing.open_work ()
is 'How much is left to deliver: documents to render that are not held, charges and refunds to send or resolve, e-mails to send.';
