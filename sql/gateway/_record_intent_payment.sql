-- The off-session intent of an invoice is known by its id; one of Checkout carries the invoice's number.
create or replace function billing._record_intent_payment(p_event billing.webhook_events, p_as_of date)
returns billing.webhook_outcome
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
    v_invoice billing.invoices;
begin
    select invoices.* into v_invoice
    from billing.invoices
    left join billing.payment_intents using (invoice_id)
    where
        payment_intents.provider_intent_id = p_event.provider_intent_id
        or invoices.invoice_number = p_event.invoice_number
    order by (payment_intents.provider_intent_id = p_event.provider_intent_id) desc nulls last
    limit 1;
    if not found then
        return ('ignored', 'ignored: it is for none of our invoices')::billing.webhook_outcome;
    end if;
    if v_invoice.currency <> p_event.currency then
        raise invalid_parameter_value using message = format(
            'invoice %s is in %s, the payment in %s',
            v_invoice.invoice_number, v_invoice.currency, p_event.currency
        );
    end if;
    perform billing.finish_attempt(attempts.payment_attempt_id, 'succeeded', null)
    from billing.payment_attempts as attempts
    inner join billing.payment_intents using (invoice_id, intent)
    where
        attempts.invoice_id = v_invoice.invoice_id
        and attempts.state in ('sent', 'unknown')
        and payment_intents.provider_intent_id = p_event.provider_intent_id;
    return case
        when billing.record_card_payment(
            p_invoice_id => v_invoice.invoice_id,
            p_provider_intent_id => p_event.provider_intent_id,
            p_provider_amount => p_event.amount,
            p_on => p_as_of
        ) then ('done', 'paid ' || v_invoice.invoice_number)::billing.webhook_outcome
        else ('known', 'ignored: booked before')::billing.webhook_outcome
    end;
end;
$$;

comment on function billing._record_intent_payment (billing.webhook_events, date)
is 'Books what a PaymentIntent brought, whoever learned of it first, and ends the attempt that it answers.';
