create or replace function billing._reverse_transfer(
    p_transaction billing.bank_transactions,
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
    v_payment record;
    v_correction billing.payment_reversals;
    v_reversed numeric := 0;
begin
    for v_payment in
        select
            payment_balances.payment_id,
            payment_balances.amount - payment_balances.reversed as amount
        from billing.payments
        inner join billing.payment_balances using (payment_id)
        where
            payments.bank_transaction_id = p_transaction.bank_transaction_id
            and payment_balances.amount > payment_balances.reversed
        order by payment_balances.payment_id
    loop
        v_correction.payment_id := v_payment.payment_id;
        v_correction.amount := v_payment.amount;
        v_correction.kind := 'correction';
        v_correction.reference := format(
            'undo-bank-transaction-%s-%s', p_transaction.bank_transaction_id, v_payment.payment_id
        );
        v_correction.reversed_on := p_on;
        v_correction.reason := p_reason;
        perform billing.take_back_payment(v_correction);
        v_reversed := v_reversed + v_payment.amount;
    end loop;
    return v_reversed;
end;
$$;

comment on function billing._reverse_transfer (billing.bank_transactions, text, date)
is 'Takes back what a bank entry paid because it was booked by mistake, and the letters about it that have not gone out; returns the amount.';
