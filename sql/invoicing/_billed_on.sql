create or replace function billing._billed_on(p_service_key text)
returns text
language sql
stable
security invoker
as $$
select invoices.invoice_number
from billing.invoice_line_items as lines
inner join billing.invoices using (invoice_id)
where
    lines.service_key = p_service_key
    and invoices.invoice_number is not null
    and billing.counts_as_billed(invoices.status, invoices.waived_on)
order by invoices.invoice_id desc
limit 1
$$;

comment on function billing._billed_on (text) is 'The latest standing invoice that bills something of a service.';
