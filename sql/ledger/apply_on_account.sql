-- Called after everything that gives a customer money or opens an invoice, in the same transaction: nobody is asked for
-- what is held of them. Money about to be refunded is not held for this. The caller has the lock of the account.
create or replace function billing.apply_on_account(p_customer_id bigint, p_currency text, p_on date)
returns numeric
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
    v_pair record;
    v_applied numeric := 0;
begin
    for v_pair in
        select
            payment_balances.payment_id,
            invoices.invoice_id
        from billing.payment_balances
        inner join billing.payments using (payment_id)
        inner join billing.invoices
            on
                payments.customer_id = invoices.customer_id
                and payments.currency = invoices.currency
        where
            payments.customer_id = p_customer_id
            and payments.currency = p_currency
            and payment_balances.unapplied > 0
            and invoices.status = 'issued'
        order by
            invoices.due_on,
            invoices.invoice_number,
            payments.received_on,
            payments.payment_id
    loop
        v_applied := v_applied + billing.apply_payment(
            p_payment_id => v_pair.payment_id,
            p_invoice_id => v_pair.invoice_id,
            p_on => p_on
        );
    end loop;
    return v_applied;
end;
$$;

comment on function billing.apply_on_account (bigint, text, date)
is 'Pays a customer''s open invoices from what their payments have left: oldest due date first, then by number, with the oldest money first; returns the amount. The rest is credit balance.';
