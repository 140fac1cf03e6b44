-- A payment page that was paid in the moment in which it ended, or a charge of an invoice that somebody paid meanwhile:
-- the customer meant to pay once. The row is committed before the provider is asked; finance and the customer are told.
create or replace function billing._return_payment(p_payment_id bigint, p_invoice_id bigint, p_on date)
returns void
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
    v_payment billing.payments;
    v_status text;
begin
    select * into strict v_payment from billing.payments where payment_id = p_payment_id;
    select status into strict v_status from billing.invoices where invoice_id = p_invoice_id;
    insert into billing.refunds (
        payment_id, invoice_id, minor_units, amount, idempotency_key, scheduled_on
    )
    values (
        p_payment_id,
        p_invoice_id,
        v_payment.minor_units,
        v_payment.amount,
        format('payment-%s-refund', v_payment.reference),
        p_on
    );
    perform billing.write_email(
        p_invoice_id => p_invoice_id,
        p_template => 'payment_received',
        p_on => p_on,
        p_occasion => 'payment-' || p_payment_id,
        p_details => jsonb_build_object(
            'paid_amount', v_payment.amount::text, 'paid_on', p_on, 'is_returned', true, 'status', v_status
        ),
        p_payment_id => p_payment_id
    );
    perform billing.write_email(
        p_invoice_id => p_invoice_id,
        p_template => 'manual_review',
        p_on => p_on,
        p_occasion => 'returned-' || p_payment_id,
        p_details => jsonb_build_object(
            'review', 'returned',
            'review_reason', format('the invoice is %s and owed nothing', v_status),
            'refund_amount', v_payment.amount::text
        )
    );
end;
$$;

comment on function billing._return_payment (bigint, bigint, date)
is 'Schedules the refund of card money that came for an invoice that owes nothing, and tells the customer and finance.';
