create or replace function billing.successor_number(p_invoice_id bigint)
returns text
language sql
stable
security invoker
as $$
select successors.invoice_number
from billing.invoices
inner join billing.invoices as successors using (customer_id, period_start)
inner join billing.documents on successors.invoice_id = documents.invoice_id
where
    invoices.invoice_id = p_invoice_id
    and invoices.status = 'void'
    and successors.status <> 'void'
    and documents.held_at is null
$$;

comment on function billing.successor_number (bigint)
is 'The invoice that bills the month of a void one anew; null if there is none, or if it is held and may still change.';
