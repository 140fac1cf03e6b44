create or replace function billing.credit_notes_on(p_invoice_number text)
returns text
language sql
stable
security invoker
as $$
select string_agg(credit_notes.credit_note_number, ', ' order by credit_notes.credit_note_id)
from billing.credit_notes
inner join billing.invoices using (invoice_id)
where invoices.invoice_number = p_invoice_number
$$;

comment on function billing.credit_notes_on (text)
is 'The credit notes for an invoice, separated by commas; null: there is none.';
