create or replace function billing._be_payment(
    p_transaction billing.bank_transactions,
    p_payment billing.payments
)
returns void
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
    if p_payment.method not in ('transfer', 'cash', 'check', 'other') then
        raise object_not_in_prerequisite_state using
            message = format('payment %s was not booked by hand', p_payment.payment_id);
    end if;
    perform billing._require_same_amount(p_transaction, p_payment);
    if exists (
        select from billing.bank_transactions where booked_payment_id = p_payment.payment_id
    ) then
        raise object_not_in_prerequisite_state using
            message = format('payment %s is another entry of the bank', p_payment.payment_id);
    end if;
    update billing.bank_transactions
    set
        status = 'matched',
        booked_payment_id = p_payment.payment_id
    where bank_transaction_id = p_transaction.bank_transaction_id;
end;
$$;

comment on function billing._be_payment (billing.bank_transactions, billing.payments)
is 'Ties a credit to the payment by hand that it is.';
