-- Money that came for an invoice that owed nothing, and goes back, has paid none.
create or replace function billing._invoices_of_intent(p_provider_intent_id text)
returns setof bigint
language sql
stable
security invoker
as $$
select applications.invoice_id
from billing._payments_of_intent(p_provider_intent_id) as own (payment_id)
inner join billing.payment_applications as applications using (payment_id)
union
select refunds.invoice_id
from billing._payments_of_intent(p_provider_intent_id) as own (payment_id)
inner join billing.refunds using (payment_id)
where refunds.invoice_id is not null
$$;

comment on function billing._invoices_of_intent (text)
is 'Invoices that money of a PaymentIntent pays or has paid, or came for and goes back.';
