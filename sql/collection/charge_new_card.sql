-- Invoices whose first charge is still to come are left to it. The invoices must be locked.
create or replace function billing.charge_new_card(p_customer_id bigint, p_on date)
returns bigint
language sql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
select count(*) filter (
    where billing._schedule_charge(
        p_invoice_id => attempted.invoice_id,
        p_cause => 'new_card',
        p_on => p_on
    )
)
from (
    select invoices.invoice_id
    from billing.invoices
    where
        invoices.customer_id = p_customer_id
        and invoices.status = 'issued'
        and exists (
            select from billing.payment_attempts
            where payment_attempts.invoice_id = invoices.invoice_id
        )
    order by invoices.invoice_id
) as attempted
$$;

comment on function billing.charge_new_card (bigint, date)
is 'Plans the charge of every open invoice of a customer that an earlier one failed to pay; returns how many.';
