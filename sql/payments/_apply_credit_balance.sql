-- A month may be billed late, from money that came after its date: it pays from the day it was received.
create or replace function billing._apply_credit_balance(p_invoice_id bigint, p_on date)
returns numeric
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
    v_payment record;
    v_applied numeric := 0;
begin
    for v_payment in
        select
            payment_balances.payment_id,
            greatest(payments.received_on, p_on) as applied_on
        from billing.invoices
        inner join billing.payment_balances using (customer_id, currency)
        inner join billing.payments using (payment_id)
        where
            invoices.invoice_id = p_invoice_id
            and payment_balances.unapplied > 0
        order by
            payments.received_on,
            payments.payment_id
    loop
        v_applied := v_applied + billing._apply_payment(
            p_payment_id => v_payment.payment_id,
            p_invoice_id => p_invoice_id,
            p_on => v_payment.applied_on
        );
    end loop;
    return v_applied;
end;
$$;

comment on function billing._apply_credit_balance (bigint, date)
is 'Pays an invoice from what its customer''s earlier payments have left, oldest first; returns the amount.';
