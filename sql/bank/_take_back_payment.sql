-- A transfer that paid for two customers goes back as a whole, by the rules of import or not at all.
create or replace function billing._take_back_payment(
    p_debit billing.bank_transactions,
    p_payment billing.payments,
    p_on date
)
returns void
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
    v_credit_id bigint;
    v_payment_ids bigint[] := array[p_payment.payment_id];
    v_standing numeric;
    v_concern text;
begin
    if p_payment.method in ('card', 'negative_invoice') then
        raise object_not_in_prerequisite_state using
            message = format('payment %s did not come through the bank', p_payment.payment_id);
    end if;
    if p_debit.booked_on < p_payment.received_on then
        raise invalid_parameter_value using message = format(
            'bank transaction %s is older than payment %s', p_debit.bank_transaction_id, p_payment.payment_id
        );
    end if;
    select bank_transaction_id into v_credit_id
    from billing.bank_transactions
    where
        bank_transaction_id = p_payment.bank_transaction_id
        or booked_payment_id = p_payment.payment_id;
    if v_credit_id is null then
        perform billing._require_same_amount(p_debit, p_payment);
    else
        select
            array_agg(payment_id),
            coalesce(sum(amount), 0)
        into v_payment_ids, v_standing
        from billing._standing_payments(v_credit_id);
        if p_debit.currency <> p_payment.currency or -p_debit.amount <> v_standing then
            raise invalid_parameter_value using message = format(
                'bank transaction %s is of %s %s, payment %s came with bank transaction %s, of which %s %s stand',
                p_debit.bank_transaction_id,
                billing.shown_amount(p_debit.amount, p_debit.currency), p_debit.currency,
                p_payment.payment_id, v_credit_id,
                billing.shown_amount(v_standing, p_payment.currency), p_payment.currency
            );
        end if;
    end if;
    v_concern := billing._paid_out_concern(p_debit.bank_transaction_id, v_payment_ids);
    if v_concern is not null then
        raise object_not_in_prerequisite_state using
            message = format('bank transaction %s %s', p_debit.bank_transaction_id, v_concern);
    end if;
    if v_credit_id is null then
        perform billing._return_to_bank(p_debit, p_payment.payment_id, -p_debit.amount, p_on);
    else
        perform billing._take_back(p_debit, v_credit_id, p_on);
    end if;
end;
$$;

comment on function billing._take_back_payment (billing.bank_transactions, billing.payments, date)
is 'Reverses on a day a payment that a debit took back, as a person says.';
