create or replace function billing.reversible_payment(p_payment_id bigint, p_as_of date)
returns billing.payments
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
    v_payment billing.payments;
    v_bank_transaction_id bigint;
begin
    select * into v_payment from billing.payments where payment_id = p_payment_id;
    if not found then
        raise no_data_found using message = format('there is no payment %s', p_payment_id);
    end if;
    perform billing.lock_accounts(array[v_payment.customer_id], '{}');
    v_bank_transaction_id := coalesce(
        v_payment.bank_transaction_id,
        (
            select transactions.bank_transaction_id
            from billing.bank_transactions as transactions
            where transactions.booked_payment_id = p_payment_id
        )
    );
    if v_bank_transaction_id is not null or v_payment.method not in ('transfer', 'cash', 'check', 'other') then
        raise object_not_in_prerequisite_state using
            message = format('payment %s was not booked by hand alone', p_payment_id),
            hint = case
                when v_bank_transaction_id is not null
                    then format('It stands in a bank statement: billing bank undo %s.', v_bank_transaction_id)
                when v_payment.method = 'card' then 'It came from a card: billing credit gives it back.'
                else format('It is what invoice %s gave back.', v_payment.reference)
            end;
    end if;
    perform billing.require_open_day(p_as_of);
    if p_as_of < v_payment.booked_on then
        raise invalid_parameter_value using
            message = format('payment %s is of %s, later than %s', p_payment_id, v_payment.booked_on, p_as_of);
    end if;
    return v_payment;
end;
$$;

comment on function billing.reversible_payment (bigint, date)
is 'Locks the account of a payment booked by hand and returns the payment; refuses others, naming their way back.';
