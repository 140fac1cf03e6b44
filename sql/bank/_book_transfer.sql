create or replace function billing._book_transfer(
    p_transaction billing.bank_transactions,
    p_customer_id bigint,
    p_amount numeric,
    p_on date
)
returns bigint
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
    v_payment billing.payments;
begin
    v_payment.customer_id := p_customer_id;
    v_payment.amount := p_amount;
    v_payment.currency := p_transaction.currency;
    v_payment.method := 'bank_transfer';
    v_payment.received_on := p_transaction.booked_on;
    v_payment.booked_on := p_on;
    v_payment.bank_transaction_id := p_transaction.bank_transaction_id;
    v_payment.reference := (
        select
            concat_ws(
                '-',
                'bank-transaction',
                p_transaction.bank_transaction_id,
                p_customer_id,
                nullif(count(*) + 1, 1)
            )
        from billing.payments
        where
            payments.bank_transaction_id = p_transaction.bank_transaction_id
            and payments.customer_id = p_customer_id
    );
    return billing.book_payment(v_payment);
end;
$$;

comment on function billing._book_transfer (billing.bank_transactions, bigint, numeric, date)
is 'Books on a day what a bank entry brought for a customer; returns the payment. The entry must be locked.';
