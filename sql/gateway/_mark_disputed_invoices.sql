-- A lost dispute is over: its invoice is in the review queue.
create or replace function billing._mark_disputed_invoices(p_stripe_payment_intent_id text)
returns void
language sql
volatile
security invoker
as $$
update billing.dunning_cases
set is_disputed = not dunning_cases.is_disputed
where
    dunning_cases.invoice_id in (select billing._invoices_of_intent(p_stripe_payment_intent_id))
    and dunning_cases.is_disputed <> exists (
        select from billing.payment_applications as applications
        inner join billing.disputes
            on billing._charged_intent(applications.payment_id) = disputes.stripe_payment_intent_id
        where
            applications.invoice_id = dunning_cases.invoice_id
            and disputes.status not in ('won', 'lost', 'warning_closed')
    )
$$;

comment on function billing._mark_disputed_invoices (text)
is 'Marks the invoices that a PaymentIntent has paid as disputed, which stops their dunning, or no longer so.';
