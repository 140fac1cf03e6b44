-- The one place where money from a card is booked: the charge's own answer, its look-up, a webhook and Checkout may
-- all tell of the same PaymentIntent, in any order. What comes for an invoice that owes nothing goes back.
-- Nobody is charged before there is an invoice, whatever date the command was given.
create or replace function billing.record_card_payment(
    p_invoice_id bigint,
    p_provider_intent_id text,
    p_provider_amount bigint,
    p_on date
)
returns boolean
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
    v_payment billing.payments;
    v_applied numeric;
begin
    perform billing.lock_invoices(array[p_invoice_id]);
    select
        invoices.customer_id,
        invoices.currency,
        billing.amount_from_stripe(p_provider_amount, invoices.currency),
        greatest(p_on, invoices.issued_on)
    into strict v_payment.customer_id, v_payment.currency, v_payment.amount, v_payment.received_on
    from billing.invoices
    where invoices.invoice_id = p_invoice_id;
    v_payment.method := 'card';
    v_payment.reference := p_provider_intent_id;
    v_payment.payment_id := billing.book_payment(v_payment);
    if v_payment.payment_id is null then
        return false;
    end if;
    v_applied := billing.apply_payment(
        p_payment_id => v_payment.payment_id,
        p_invoice_id => p_invoice_id,
        p_on => p_on
    );
    if v_applied = 0 then
        perform billing._return_payment(
            p_payment_id => v_payment.payment_id,
            p_invoice_id => p_invoice_id,
            p_on => p_on
        );
        return true;
    end if;
    perform billing.apply_on_account(v_payment.customer_id, v_payment.currency, p_on);
    if not billing._is_told_with_invoice(v_payment.payment_id, p_invoice_id) then
        perform billing.acknowledge_payment(v_payment.payment_id, array[p_invoice_id], p_on);
    end if;
    return true;
end;
$$;

comment on function billing.record_card_payment (bigint, text, bigint, date)
is 'Books what a PaymentIntent brought and pays its invoice; false if it was booked before.';
