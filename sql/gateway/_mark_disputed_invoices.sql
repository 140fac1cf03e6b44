-- A lost dispute is over: its invoice is in the review queue.
create or replace function billing._mark_disputed_invoices(p_provider_intent_id text)
returns void
language sql
volatile
security invoker
as $$
update billing.dunning_cases
set is_disputed = paid.is_disputed
from (
    select
        invoice_id,
        exists (
            select from billing.payment_applications as applications
            inner join billing.disputes
                on billing._charged_intent(applications.payment_id) = disputes.provider_intent_id
            where
                applications.invoice_id = invoices.invoice_id
                and disputes.status not in ('won', 'lost', 'warning_closed')
        ) as is_disputed
    from billing._invoices_of_intent(p_provider_intent_id) as invoices (invoice_id)
) as paid
where
    dunning_cases.invoice_id = paid.invoice_id
    and dunning_cases.is_disputed <> paid.is_disputed
$$;

comment on function billing._mark_disputed_invoices (text)
is 'Marks the invoices that a PaymentIntent has paid as disputed, which stops their dunning, or no longer so.';
