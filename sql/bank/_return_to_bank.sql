-- A return that was undone may be one after all, under another reference.
create or replace function billing._return_to_bank(
    p_debit billing.bank_transactions,
    p_payment_id bigint,
    p_amount numeric,
    p_on date
)
returns void
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
    v_return billing.payment_reversals;
begin
    v_return.payment_id := p_payment_id;
    v_return.amount := p_amount;
    v_return.kind := 'bank_return';
    v_return.bank_transaction_id := p_debit.bank_transaction_id;
    v_return.reversed_on := p_on;
    select
        concat_ws('-', 'bank-transaction', p_debit.bank_transaction_id, p_payment_id, nullif(count(*) + 1, 1))
    into v_return.reference
    from billing.payment_reversals
    where payment_id = p_payment_id and bank_transaction_id = p_debit.bank_transaction_id;
    perform billing.take_back_payment(v_return);
end;
$$;

comment on function billing._return_to_bank (billing.bank_transactions, bigint, numeric, date)
is 'Books on a day that a debit took money of a payment back.';
