-- The payments stand again, and pay what they had paid, invoice by invoice, as far as that is open; what others have
-- paid meanwhile is left over and pays what else is open. Nobody is thanked twice. The caller has the locks of the
-- accounts.
create or replace function billing._restore_payments(
    p_debit billing.bank_transactions,
    p_reason text,
    p_on date
)
returns numeric
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
    v_return billing.payment_reversals;
    v_undoing billing.payment_reversals;
    v_restored numeric := 0;
begin
    for v_return in
        select * from billing._standing_returns(p_debit.bank_transaction_id)
    loop
        v_undoing.payment_id := v_return.payment_id;
        v_undoing.amount := -v_return.amount;
        v_undoing.kind := v_return.kind;
        v_undoing.reference := v_return.reference || '-undone';
        v_undoing.reversed_on := greatest(p_on, v_return.reversed_on);
        v_undoing.reason := p_reason;
        v_undoing.undoes_reversal_id := v_return.payment_reversal_id;
        perform billing.book_reversal(v_undoing);
        perform billing.apply_part(
            p_payment_id => applications.payment_id,
            p_invoice_id => applications.invoice_id,
            p_on => greatest(p_on, applications.applied_on),
            p_at_most => -applications.amount
        )
        from (
            select *
            from billing.payment_applications
            where payment_reversal_id = v_return.payment_reversal_id
            order by payment_application_id desc
        ) as applications;
        perform billing.apply_on_account(customer_id, currency, p_on)
        from billing.payments
        where payment_id = v_return.payment_id;
        v_restored := v_restored + v_return.amount;
    end loop;
    return v_restored;
end;
$$;

comment on function billing._restore_payments (billing.bank_transactions, text, date)
is 'Books what a debit took back as ours again, because it was no return; returns the amount.';
