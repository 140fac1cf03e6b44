create or replace function billing.later_work(p_as_of date)
returns table (
    documents bigint,
    first_number text,
    first_on date
)
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
with waiting as (
    select
        invoice_id,
        credit_note_id,
        voided_invoice_id
    from billing.documents
    where pdf is null and held_at is null
    union
    select
        invoice_id,
        null as credit_note_id,
        null as voided_invoice_id
    from billing.payment_attempts
    where state in ('scheduled', 'sent', 'unknown')
    union
    select
        case when credit_note_id is null then invoice_id end as invoice_id,
        credit_note_id,
        null as voided_invoice_id
    from billing.refunds
    where state in ('scheduled', 'sent', 'unknown')
    union
    select
        case when credit_note_id is null and template <> 'invoice_void' then invoice_id end as invoice_id,
        credit_note_id,
        case when template = 'invoice_void' then invoice_id end as voided_invoice_id
    from billing.emails
    where state = 'queued'
)

select
    count(*) as documents,
    (array_agg(
        coalesce(invoices.invoice_number, credit_notes.credit_note_number)
        order by dates.dated_on, invoices.invoice_id, credit_notes.credit_note_id
    ))[1] as first_number,
    min(dates.dated_on) as first_on
from waiting
cross join lateral billing.dated_on(
    waiting.invoice_id, waiting.credit_note_id, waiting.voided_invoice_id
) as dates (dated_on)
left join billing.invoices on coalesce(waiting.invoice_id, waiting.voided_invoice_id) = invoices.invoice_id
left join billing.credit_notes using (credit_note_id)
where dates.dated_on > p_as_of
$$;

comment on function billing.later_work (date)
is 'Documents with something to deliver that are dated after p_as_of and so wait for their day: how many, and the first.';
