create or replace function billing._take_back(
    p_debit billing.bank_transactions,
    p_credit_id bigint,
    p_on date
)
returns void
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
    v_payment record;
begin
    for v_payment in
        select
            standing.payment_id,
            standing.amount
        from billing._standing_payments(p_credit_id) as standing
        order by standing.payment_id
    loop
        perform billing._return_to_bank(p_debit, v_payment.payment_id, v_payment.amount, p_on);
    end loop;
    update billing.bank_transactions
    set returned_bank_transaction_id = p_credit_id
    where bank_transaction_id = p_debit.bank_transaction_id;
    perform billing._mark_transaction(
        p_bank_transaction_id => p_debit.bank_transaction_id,
        p_status => 'returned',
        p_reason => concat_ws(
            '; ',
            'takes back an earlier payment',
            (
                select string_agg(distinct format('%s was opened again', invoices.invoice_number), ', ')
                from billing.payments
                inner join billing.payment_applications as applications using (payment_id)
                inner join billing.invoices on applications.invoice_id = invoices.invoice_id
                where payments.bank_transaction_id = p_credit_id and invoices.status = 'issued'
            )
        )
    );
    perform billing._note_decision(
        p_transaction => credits,
        p_status => 'returned',
        p_reason => format('taken back on %s', p_debit.booked_on),
        p_what => format('taken back by bank transaction %s', p_debit.bank_transaction_id),
        p_as_of => p_on
    )
    from billing.bank_transactions as credits
    where credits.bank_transaction_id = p_credit_id;
end;
$$;

comment on function billing._take_back (billing.bank_transactions, bigint, date)
is 'Reverses on a day what a credit brought, because a debit took it back, and marks both.';
