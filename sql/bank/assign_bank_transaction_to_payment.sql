-- A credit is then the payment that was booked by hand, and brings no money of its own; a debit takes the payment back.
create or replace function billing.assign_bank_transaction_to_payment(
    p_bank_transaction_id bigint,
    p_payment_id bigint,
    p_as_of date
)
returns text
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_payment billing.payments;
    v_transaction billing.bank_transactions;
    v_payment_ids bigint[];
begin
    select * into v_payment from billing.payments where payment_id = p_payment_id;
    if not found then
        raise no_data_found using message = format('there is no payment %s', p_payment_id);
    end if;
    v_payment_ids := array(
        select payment_id from billing.payments
        where payment_id = p_payment_id or bank_transaction_id = v_payment.bank_transaction_id
    );
    perform billing.lock_accounts(
        array(select customer_id from billing.payments where payment_id = any(v_payment_ids)),
        array(select invoice_id from billing.payment_applications where payment_id = any(v_payment_ids))
    );
    v_transaction := billing._waiting_transaction(p_bank_transaction_id);
    if v_transaction.amount > 0 then
        perform billing._be_payment(v_transaction, v_payment);
    else
        perform billing._take_back_payment(v_transaction, v_payment, greatest(p_as_of, v_transaction.entered_on));
    end if;
    perform billing._note_decision(
        p_transaction => v_transaction,
        p_status => case when v_transaction.amount > 0 then 'matched' else 'returned' end,
        p_reason => format(
            case when v_transaction.amount > 0 then 'is payment %s, booked by hand' else 'takes back payment %s' end,
            p_payment_id
        ),
        p_what => format('assigned to payment %s by hand', p_payment_id),
        p_as_of => p_as_of
    );
    return case when v_transaction.amount > 0 then 'matched' else 'returned' end;
end;
$$;

comment on function billing.assign_bank_transaction_to_payment (bigint, bigint, date)
is 'Says that an unmatched entry is a payment booked by hand, or takes a payment back; returns its status.';
