create or replace function billing._match_debit(p_debit billing.bank_transactions)
returns void
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
    v_credit record;
    v_payment record;
begin
    select
        found.bank_transaction_id,
        found.booked_on,
        found.is_certain
    into v_credit
    from billing._returned_credit(p_debit) as found;
    if v_credit.is_certain is not true then
        perform billing._mark_transaction(
            p_bank_transaction_id => p_debit.bank_transaction_id,
            p_status => case
                when p_debit.is_return or v_credit.bank_transaction_id is not null then 'unmatched'
                else 'ignored'
            end,
            p_reason => case
                when p_debit.is_return then 'returns a payment that is not known'
                when v_credit.bank_transaction_id is not null
                    then format('may take back the payment of %s, but is not marked as a return', v_credit.booked_on)
                else 'not a customer''s payment'
            end
        );
        return;
    end if;
    for v_payment in
        select
            payment_balances.payment_id,
            payment_balances.amount - payment_balances.reversed as amount
        from billing.payments
        inner join billing.payment_balances using (payment_id)
        where
            payments.bank_transaction_id = v_credit.bank_transaction_id
            and payment_balances.amount > payment_balances.reversed
        order by payment_balances.payment_id
    loop
        perform billing._reverse_payment(
            p_payment_id => v_payment.payment_id,
            p_amount => v_payment.amount,
            p_kind => 'bank_return',
            p_reference => format('bank-transaction-%s-%s', p_debit.bank_transaction_id, v_payment.payment_id),
            p_on => p_debit.booked_on
        );
    end loop;
    update billing.bank_transactions
    set returned_bank_transaction_id = v_credit.bank_transaction_id
    where bank_transaction_id = p_debit.bank_transaction_id;
    perform billing._mark_transaction(
        p_bank_transaction_id => p_debit.bank_transaction_id,
        p_status => 'returned',
        p_reason => 'takes back an earlier payment'
    );
    perform billing._mark_transaction(
        p_bank_transaction_id => v_credit.bank_transaction_id,
        p_status => 'returned',
        p_reason => format('taken back on %s', p_debit.booked_on)
    );
end;
$$;

comment on function billing._match_debit (billing.bank_transactions)
is 'Undoes the payment that a debit certainly takes back; what only may do so waits for a person, any other debit is not ours.';
