create or replace function billing._apply_transfer(p_payment_id bigint, p_invoice_ids bigint[], p_on date)
returns numeric
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
    v_invoice_id bigint;
    v_total numeric := 0;
begin
    foreach v_invoice_id in array p_invoice_ids loop
        v_total := v_total + billing.apply_payment(
            p_payment_id => p_payment_id,
            p_invoice_id => v_invoice_id,
            p_on => p_on
        );
    end loop;
    perform billing.apply_on_account(customer_id, currency, p_on)
    from billing.payments
    where payment_id = p_payment_id;
    perform billing.acknowledge_payment(p_payment_id, p_invoice_ids, p_on);
    return v_total;
end;
$$;

comment on function billing._apply_transfer (bigint, bigint[], date)
is 'Pays invoices of a customer from a payment, in order, then what else is open, and thanks for it. Returns the amount applied to the named ones.';
