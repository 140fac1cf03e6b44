-- The off-session intent of an invoice is known by its id; one of Checkout carries the invoice's number.
create or replace function billing._record_intent_payment(
    p_event billing.webhook_events,
    p_stripe_amount bigint,
    p_as_of date
)
returns text
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
    v_object jsonb := p_event.payload -> 'data' -> 'object';
    v_invoice billing.invoices;
begin
    select invoices.* into v_invoice
    from billing.invoices
    left join billing.payment_intents using (invoice_id)
    where
        payment_intents.stripe_payment_intent_id = p_event.stripe_payment_intent_id
        or invoices.invoice_number = v_object -> 'metadata' ->> 'invoice_number'
    order by (payment_intents.stripe_payment_intent_id = p_event.stripe_payment_intent_id) desc nulls last
    limit 1;
    if not found then
        return 'ignored: it is for none of our invoices';
    end if;
    if lower(v_invoice.currency) <> v_object ->> 'currency' then
        raise invalid_parameter_value using message = format(
            'invoice %s is in %s, the payment in %s',
            v_invoice.invoice_number, v_invoice.currency, upper(v_object ->> 'currency')
        );
    end if;
    perform billing.finish_attempt(attempts.payment_attempt_id, 'succeeded', null)
    from billing.payment_attempts as attempts
    inner join billing.payment_intents using (invoice_id, intent)
    where
        attempts.invoice_id = v_invoice.invoice_id
        and attempts.state in ('sent', 'unknown')
        and payment_intents.stripe_payment_intent_id = p_event.stripe_payment_intent_id;
    return case
        when billing.record_card_payment(
            p_invoice_id => v_invoice.invoice_id,
            p_stripe_payment_intent_id => p_event.stripe_payment_intent_id,
            p_stripe_amount => p_stripe_amount,
            p_on => p_as_of
        ) then 'paid ' || v_invoice.invoice_number
        else 'ignored: booked before'
    end;
end;
$$;

comment on function billing._record_intent_payment (billing.webhook_events, bigint, date)
is 'Books what a PaymentIntent brought, whoever learned of it first, and ends the attempt that it answers.';
