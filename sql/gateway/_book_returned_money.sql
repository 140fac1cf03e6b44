-- A dispute that is won, a refund that fails: the reversal stays in the books, and what came back is a payment of its
-- own under the reversal's reference; what another dispute of the charge takes of it goes first. Idempotent by that
-- reference. Locks the account first.
create or replace function billing._book_returned_money(p_reversal billing.payment_reversals, p_on date)
returns boolean
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
    v_payment billing.payments;
    v_invoice_id bigint;
begin
    select
        payments.customer_id,
        payments.currency
    into strict v_payment.customer_id, v_payment.currency
    from billing.payments
    where payments.payment_id = p_reversal.payment_id;
    v_payment.amount := p_reversal.amount;
    v_payment.method := 'card';
    v_payment.received_on := greatest(p_on, p_reversal.reversed_on);
    v_payment.reference := p_reversal.reference;
    v_payment.payment_reversal_id := p_reversal.payment_reversal_id;
    perform billing.lock_accounts(
        array[v_payment.customer_id],
        array(select invoice_id from billing.payment_applications where payment_id = p_reversal.payment_id)
    );
    v_payment.payment_id := billing.book_payment(v_payment);
    if v_payment.payment_id is null then
        return false;
    end if;
    perform billing._book_missing_chargebacks(v_payment.payment_id, p_on);
    for v_invoice_id in
        select applications.invoice_id
        from billing.payment_applications as applications
        where applications.payment_id = p_reversal.payment_id and applications.amount < 0
        group by applications.invoice_id
        order by applications.invoice_id
    loop
        perform billing.apply_payment(
            p_payment_id => v_payment.payment_id,
            p_invoice_id => v_invoice_id,
            p_on => p_on
        );
    end loop;
    perform billing.apply_on_account(v_payment.customer_id, v_payment.currency, p_on);
    return true;
end;
$$;

comment on function billing._book_returned_money (billing.payment_reversals, date)
is 'Books money of a card that had gone back and is ours again, and pays what its going back had opened; the rest is credit balance. False if it was booked before.';
