create or replace function billing.dated_on(
    p_invoice_id bigint,
    p_credit_note_id bigint,
    p_voided_invoice_id bigint
)
returns date
language sql
stable
security invoker
as $$
select
    coalesce(
        (select voided_on from billing.invoices where invoice_id = p_voided_invoice_id),
        (select issued_on from billing.credit_notes where credit_note_id = p_credit_note_id),
        (select issued_on from billing.invoices where invoice_id = p_invoice_id)
    )
$$;

comment on function billing.dated_on (bigint, bigint, bigint)
is 'The date on the document that a piece of work is about: of a void invoice, a credit note, or an invoice.';
