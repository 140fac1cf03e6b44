create or replace function billing._require_same_amount(
    p_transaction billing.bank_transactions,
    p_payment billing.payments
)
returns void
language plpgsql
stable
security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
    v_standing numeric;
begin
    select amount - taken_back into strict v_standing
    from billing.payment_balances
    where payment_id = p_payment.payment_id;
    if p_transaction.currency <> p_payment.currency or abs(p_transaction.amount) <> v_standing then
        raise invalid_parameter_value using message = format(
            'bank transaction %s is of %s %s, payment %s of %s %s',
            p_transaction.bank_transaction_id,
            billing.shown_amount(p_transaction.amount, p_transaction.currency), p_transaction.currency,
            p_payment.payment_id, billing.shown_amount(v_standing, p_payment.currency), p_payment.currency
        );
    end if;
end;
$$;

comment on function billing._require_same_amount (billing.bank_transactions, billing.payments)
is 'Raises unless an entry is of the amount of a payment that was not taken back; whether some of it was paid out does not matter.';
