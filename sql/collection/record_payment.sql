-- The reference makes it idempotent: the same payment again is a repeat, anything else under it is refused. What looks
-- like a mistake is booked only once a person has said that it is none (p_is_confirmed). Locks the account.
create or replace function billing.record_payment(
    p_invoice_number text,
    p_amount numeric,
    p_on date,
    p_method text,
    p_reference text,
    p_is_confirmed boolean
)
returns table (
    payment_id bigint,
    is_repeat boolean,
    applied numeric,
    outstanding numeric,
    credit_balance numeric,
    other_invoices jsonb
)
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_payment billing.payments;
    v_invoice billing.invoices := billing.issued_invoice(p_invoice_number, 'A void invoice takes no payment.');
begin
    v_payment.customer_id := v_invoice.customer_id;
    v_payment.invoice_id := v_invoice.invoice_id;
    v_payment.amount := p_amount;
    v_payment.currency := v_invoice.currency;
    v_payment.method := p_method;
    v_payment.received_on := p_on;
    v_payment.reference := p_reference;
    perform billing.require_payment(v_payment);
    v_payment.payment_id := billing.repeated_payment(v_payment);
    is_repeat := v_payment.payment_id is not null;
    if not is_repeat then
        perform billing.require_confirmation(billing.payment_concern(v_payment), p_is_confirmed);
        v_payment.payment_id := billing._book_manual_payment(v_payment);
    end if;
    return query
    select
        v_payment.payment_id,
        is_repeat,
        billing.shown_amount(coalesce((
            select sum(applications.amount)
            from billing.payment_applications as applications
            where
                applications.payment_id = v_payment.payment_id
                and applications.invoice_id = v_invoice.invoice_id
        ), 0), v_invoice.currency),
        billing.shown_amount(invoice_balances.outstanding, v_invoice.currency),
        billing.credit_balance(v_invoice.customer_id, v_invoice.currency),
        billing.other_invoices(v_payment.payment_id, v_invoice.invoice_id)
    from billing.invoice_balances
    where invoice_balances.invoice_id = v_invoice.invoice_id;
end;
$$;

comment on function billing.record_payment (text, numeric, date, text, text, boolean)
is 'Books a payment made by hand and applies it; a surplus pays the customer''s other open invoices, the rest is credit balance. Without a reference (null) it gets one. Raises UB009 where a person has to confirm it first.';
