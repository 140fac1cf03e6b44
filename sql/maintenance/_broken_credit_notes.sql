create or replace function billing._broken_credit_notes()
returns table (
    invariant text,
    subject text,
    detail text
)
language sql
stable
security invoker
as $$
select
    'credit notes are not more than their invoice, rate by rate' as invariant,
    invoices.invoice_number as subject,
    format(
        '%s and %s tax credited of %s and %s at %s',
        amounts.credited, amounts.credited_tax, amounts.credited + amounts.creditable,
        amounts.credited_tax + amounts.creditable_tax, amounts.tax_name
    ) as detail
from billing.creditable_amounts as amounts
inner join billing.invoices using (invoice_id)
where
    amounts.creditable * amounts.credited < 0
    or amounts.creditable_tax * amounts.credited_tax < 0
union all
select
    'lines add up to credit notes' as invariant,
    credit_notes.credit_note_number as subject,
    format('%s and %s tax, the lines say otherwise', credit_notes.subtotal, credit_notes.tax) as detail
from billing.credit_notes
cross join lateral (
    select
        sum(lines.amount) as amount,
        sum(lines.tax) as tax
    from billing.credit_note_line_items as lines
    where lines.credit_note_id = credit_notes.credit_note_id
) as added
where credit_notes.subtotal is distinct from added.amount or credit_notes.tax is distinct from added.tax
union all
select
    'credit notes have a document to be' as invariant,
    credit_notes.credit_note_number as subject,
    'it is in no queue' as detail
from billing.credit_notes
left join billing.documents using (credit_note_id)
where documents.document_id is null
$$;

comment on function billing._broken_credit_notes ()
is 'Credit notes that exceed what their invoice charged at a rate, do not agree with their lines, or get no document.';
