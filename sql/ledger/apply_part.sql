-- Applies no more than the payment and the customer have left and the invoice has outstanding; what comes for a void
-- invoice stays credit balance. No invoice is paid before it was issued, and none before the money came or was free.
-- It takes no locks: the caller has the account's (lock_accounts), without which two of its bookings would not see
-- each other.
create or replace function billing.apply_part(p_payment_id bigint, p_invoice_id bigint, p_on date, p_at_most numeric)
returns numeric
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
    v_amount numeric;
    v_on date;
begin
    select
        least(
            payment_balances.unapplied,
            invoice_balances.outstanding,
            p_at_most,
            billing.applicable_balance(payments.customer_id, payments.currency)
        ),
        greatest(billing.open_day(p_on), billing._last_release(p_payment_id), invoices.issued_on)
    into v_amount, v_on
    from billing.payments
    inner join billing.payment_balances on payments.payment_id = payment_balances.payment_id
    inner join billing.invoices
        on
            payments.customer_id = invoices.customer_id
            and payments.currency = invoices.currency
    inner join billing.invoice_balances on invoices.invoice_id = invoice_balances.invoice_id
    where
        payments.payment_id = p_payment_id
        and invoices.invoice_id = p_invoice_id
        and invoices.status in ('issued', 'paid');
    if v_amount > 0 then
        insert into billing.payment_applications (payment_id, invoice_id, minor_units, amount, applied_on)
        select
            p_payment_id,
            p_invoice_id,
            invoices.minor_units,
            v_amount,
            v_on
        from billing.invoices
        where invoices.invoice_id = p_invoice_id;
        perform billing.settle_invoice(p_invoice_id, v_on);
    end if;
    return greatest(v_amount, 0);
end;
$$;

comment on function billing.apply_part (bigint, bigint, date, numeric)
is 'Pays an invoice from a payment of its customer as far as both go, and no more than p_at_most, if that is given; returns the amount applied.';
