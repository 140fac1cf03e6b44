-- A draft that was voided was never anybody's invoice. Only issued ones have a dunning case.
create or replace function billing.replaced_number(p_invoice_id bigint)
returns text
language sql
stable
security invoker
as $$
select replaced.invoice_number
from billing.invoices
inner join billing.invoices as replaced using (customer_id, period_start)
inner join billing.dunning_cases on replaced.invoice_id = dunning_cases.invoice_id
where
    invoices.invoice_id = p_invoice_id
    and replaced.status = 'void'
    and replaced.invoice_id < invoices.invoice_id
order by replaced.invoice_id desc
limit 1
$$;

comment on function billing.replaced_number (bigint)
is 'The void invoice that its customer got before this one, for the same month; null if there is none.';
