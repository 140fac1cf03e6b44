-- One letter for a payment, however many invoices it paid; its figures are those of the booking, and add up.
create or replace function billing._acknowledge_payment(p_payment_id bigint, p_invoice_id bigint, p_on date)
returns void
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
    perform billing._write_email(
        p_invoice_id => p_invoice_id,
        p_template => 'payment_received',
        p_on => p_on,
        p_occasion => 'payment-' || p_payment_id,
        p_details => (
            select
                jsonb_build_object(
                    'paid_amount', round(payments.amount, payments.minor_units)::text,
                    'paid_on', payments.received_on,
                    'other_invoices', billing._other_invoices(p_payment_id, p_invoice_id),
                    'credit_amount', round(payment_balances.unapplied, payments.minor_units)::text
                )
            from billing.payments
            inner join billing.payment_balances using (payment_id)
            where payments.payment_id = p_payment_id
        )
    );
end;
$$;

comment on function billing._acknowledge_payment (bigint, bigint, date)
is 'Writes the letter that thanks for a payment, with what of it paid other invoices and what is kept as credit balance.';
