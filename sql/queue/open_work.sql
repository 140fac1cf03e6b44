create or replace function billing.open_work(p_as_of date)
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
        where
            documents.pdf is null
            and documents.held_at is null
            and billing.dated_on(
                documents.invoice_id,
                documents.credit_note_id,
                documents.voided_invoice_id
            ) <= p_as_of
    ) as documents,
    (
        select count(*)
        from billing.payment_attempts
        where
            payment_attempts.state in ('scheduled', 'sent', 'unknown')
            and billing.dated_on(payment_attempts.invoice_id, null, null) <= p_as_of
    ) as charges,
    (
        select count(*)
        from billing.refunds
        where
            refunds.state in ('scheduled', 'sent', 'unknown')
            and billing.dated_on(refunds.invoice_id, refunds.credit_note_id, null) <= p_as_of
    ) as refunds,
    (
        select count(*)
        from billing.emails
        where
            emails.state = 'queued'
            and billing.dated_on(
                emails.invoice_id,
                emails.credit_note_id,
                case when emails.template = 'invoice_void' then emails.invoice_id end
            ) <= p_as_of
    ) as emails
$$;

comment on function billing.open_work (date)
is 'How much is left to deliver of what is dated p_as_of or before: documents to render that are not held, charges and refunds to send or resolve, e-mails to send.';
