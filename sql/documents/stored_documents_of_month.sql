create or replace function billing.stored_documents_of_month(p_period_start date)
returns table (
    document_number text,
    pdf bytea
)
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
select
    coalesce(
        invoices.invoice_number, voided.invoice_number || '-VOID', credit_notes.credit_note_number
    ) as document_number,
    documents.pdf
from billing.documents
left join billing.invoices using (invoice_id)
left join billing.invoices as voided on documents.voided_invoice_id = voided.invoice_id
left join billing.credit_notes using (credit_note_id)
where
    documents.pdf is not null
    and (
        coalesce(invoices.period_start, voided.period_start) = p_period_start
        or (
            credit_notes.issued_on >= p_period_start
            and credit_notes.issued_on < billing.billing_period_end(p_period_start)
        )
    )
order by documents.document_id
$$;

comment on function billing.stored_documents_of_month (date)
is 'The stored PDFs of invoices that bill a month, sheets of void ones with -VOID behind their number, and of credit notes issued in it.';
