create or replace function billing.record_payment(
    p_invoice_number text,
    p_amount numeric,
    p_on date,
    p_method text,
    p_reference text
)
returns table (
    applied numeric,
    outstanding numeric,
    credit_balance numeric
)
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_invoice billing.invoices;
    v_payment billing.payments;
    v_applied numeric := 0;
begin
    v_invoice := billing._payable_invoice(p_invoice_number);
    if p_amount is null or p_amount <= 0 or p_amount <> round(p_amount, v_invoice.minor_units) then
        raise invalid_parameter_value using
            message = format('%s is not an amount of %s', p_amount, v_invoice.currency),
            hint = format('Give a positive amount with at most %s decimals.', v_invoice.minor_units);
    end if;
    if p_on > billing.reporting_date() then
        raise invalid_parameter_value using
            message = format('%s is in the future: no money was received on it yet', p_on);
    end if;
    v_payment.customer_id := v_invoice.customer_id;
    v_payment.amount := p_amount;
    v_payment.currency := v_invoice.currency;
    v_payment.method := p_method;
    v_payment.received_on := p_on;
    v_payment.reference := p_reference;
    v_payment.payment_id := billing._book_payment(v_payment);
    if v_payment.payment_id is not null then
        v_applied := billing._apply_payment(
            p_payment_id => v_payment.payment_id,
            p_invoice_id => v_invoice.invoice_id,
            p_on => p_on
        );
        perform billing._write_email(
            p_invoice_id => v_invoice.invoice_id,
            p_template => 'payment_received',
            p_on => p_on,
            p_occasion => 'payment-' || v_payment.payment_id,
            p_details => jsonb_build_object('paid_amount', p_amount::text, 'paid_on', p_on)
        );
    end if;
    return query
    select
        v_applied,
        invoice_balances.outstanding,
        (
            select sum(payment_balances.unapplied)
            from billing.payment_balances
            where
                payment_balances.customer_id = v_invoice.customer_id
                and payment_balances.currency = v_invoice.currency
        )
    from billing.invoice_balances
    where invoice_balances.invoice_id = v_invoice.invoice_id;
end;
$$;

comment on function billing.record_payment (text, numeric, date, text, text)
is 'Books a payment made by hand and applies it; a surplus is credit balance. Idempotent by (p_method, p_reference): a second call books nothing.';
