create or replace function billing._webhook_invoices(p_event billing.webhook_events)
returns setof bigint
language sql
stable
security invoker
as $$
select intents.invoice_id
from billing.payment_intents as intents
where intents.provider_intent_id = p_event.provider_intent_id
union
select billing._invoices_of_intent(p_event.provider_intent_id)
union
select invoices.invoice_id
from billing.invoices
where invoices.invoice_number = p_event.invoice_number
union
select invoices.invoice_id
from billing.customers
inner join billing.invoices using (customer_id)
where
    customers.stripe_customer_id = p_event.provider_customer_id
    and invoices.status = 'issued'
$$;

comment on function billing._webhook_invoices (billing.webhook_events)
is 'Invoices that an event may change; to be locked before any is.';
