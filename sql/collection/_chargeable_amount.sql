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
    and not exists (
        select from billing.checkout_sessions as sessions
        where sessions.invoice_id = p_invoice_id and sessions.state = 'processing'
    )
$$;

comment on function billing._chargeable_amount (bigint)
is 'What may be charged for an invoice now, in currency units: what is outstanding; nothing unless it is issued, undisputed and not being paid another way.';
