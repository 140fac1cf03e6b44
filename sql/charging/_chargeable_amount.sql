create or replace function billing._chargeable_amount(p_invoice_id bigint)
returns numeric
language sql
stable
security invoker
as $$
select coalesce(max(invoice_balances.outstanding), 0)
from billing.invoice_balances
inner join billing.dunning_cases using (invoice_id)
where
    invoice_balances.invoice_id = p_invoice_id
    and invoice_balances.status = 'issued'
    and not dunning_cases.is_disputed
$$;

comment on function billing._chargeable_amount (bigint)
is 'What may be charged for an invoice now, in currency units: what is outstanding; nothing unless it is issued and undisputed.';
