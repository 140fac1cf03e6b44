create or replace function billing._book_manual_payment(p_payment billing.payments)
returns bigint
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
    v_payment billing.payments := p_payment;
begin
    v_payment.reference := coalesce(p_payment.reference, gen_random_uuid()::text);
    v_payment.payment_id := billing.book_payment(v_payment);
    if v_payment.payment_id is null then
        return billing.repeated_payment(v_payment);
    end if;
    perform billing.append_audit_entry(
        p_business_date => p_payment.received_on,
        p_topic => 'payment',
        p_subject => 'payment ' || v_payment.payment_id,
        p_from_state => null,
        p_to_state => 'booked',
        p_reason => (
            select format(
                '%s %s for %s (%s), reference %s',
                round(p_payment.amount, invoices.minor_units), p_payment.currency, invoices.invoice_number,
                p_payment.method, v_payment.reference
            )
            from billing.invoices
            where invoices.invoice_id = p_payment.invoice_id
        )
    );
    perform billing.apply_payment(
        p_payment_id => v_payment.payment_id,
        p_invoice_id => p_payment.invoice_id,
        p_on => p_payment.received_on
    );
    perform billing.apply_on_account(p_payment.customer_id, p_payment.currency, p_payment.received_on);
    perform billing.acknowledge_payment(v_payment.payment_id, array[p_payment.invoice_id], p_payment.received_on);
    return v_payment.payment_id;
end;
$$;

comment on function billing._book_manual_payment (billing.payments)
is 'Books a payment made by hand, pays with it first its own invoice, then others, and thanks for it; returns its payment_id.';
