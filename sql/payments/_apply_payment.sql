-- Locks the invoice. Applies no more than the payment has left and the invoice has outstanding; what comes for a void
-- invoice stays credit balance.
create or replace function billing._apply_payment(p_payment_id bigint, p_invoice_id bigint, p_on date)
returns numeric
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
    v_amount numeric;
begin
    perform from billing.invoices where invoice_id = p_invoice_id for update;
    perform from billing.payments where payment_id = p_payment_id for update;
    select least(payment_balances.unapplied, invoice_balances.outstanding)
    into v_amount
    from billing.payment_balances
    cross join billing.invoice_balances
    where
        payment_balances.payment_id = p_payment_id
        and invoice_balances.invoice_id = p_invoice_id
        and invoice_balances.status in ('issued', 'paid')
        and payment_balances.currency = invoice_balances.currency;
    if v_amount > 0 then
        insert into billing.payment_applications (payment_id, invoice_id, minor_units, amount, applied_on)
        select
            p_payment_id,
            p_invoice_id,
            invoices.minor_units,
            v_amount,
            p_on
        from billing.invoices
        where invoices.invoice_id = p_invoice_id;
        perform billing._settle_invoice(p_invoice_id, p_on);
    end if;
    return greatest(v_amount, 0);
end;
$$;

comment on function billing._apply_payment (bigint, bigint, date)
is 'Pays an invoice from a payment as far as both go; returns the amount applied.';
