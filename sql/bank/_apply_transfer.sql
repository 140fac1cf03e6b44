create or replace function billing._apply_transfer(p_payment_id bigint, p_invoice_ids bigint[], p_on date)
returns numeric
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
    v_invoice_id bigint;
    v_applied numeric;
    v_total numeric := 0;
    v_shown numeric[] := array[]::numeric[];
    v_payment billing.payments;
begin
    foreach v_invoice_id in array p_invoice_ids loop
        v_applied := billing._apply_payment(
            p_payment_id => p_payment_id,
            p_invoice_id => v_invoice_id,
            p_on => p_on
        );
        v_shown := v_shown || v_applied;
        v_total := v_total + v_applied;
    end loop;
    select * into strict v_payment from billing.payments where payment_id = p_payment_id;
    v_shown[1] := v_shown[1] + v_payment.amount - v_total;
    for v_place in 1..cardinality(p_invoice_ids) loop
        continue when v_shown[v_place] = 0;
        perform billing._write_email(
            p_invoice_id => p_invoice_ids[v_place],
            p_template => 'payment_received',
            p_on => p_on,
            p_occasion => 'payment-' || p_payment_id,
            p_details => jsonb_build_object(
                'paid_amount', v_shown[v_place]::text,
                'paid_on', v_payment.received_on
            )
        );
    end loop;
    return v_total;
end;
$$;

comment on function billing._apply_transfer (bigint, bigint[], date)
is 'Pays invoices of a customer from a payment, in order, and thanks for each; a surplus is counted with the first. Returns the amount applied.';
