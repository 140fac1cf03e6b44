-- Money without an invoice: it pays the open ones of the account, oldest first, and the rest waits for the next.
create or replace function billing.assign_bank_transaction_to_account(
    p_bank_transaction_id bigint,
    p_account_number text,
    p_as_of date
)
returns table (
    status text,
    status_reason text,
    applied numeric
)
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_customer billing.customers;
    v_transaction billing.bank_transactions;
    v_payment_id bigint;
    v_on date;
begin
    select * into v_customer from billing.customers where account_number = p_account_number;
    if not found then
        raise no_data_found using message = format('there is no account %s', p_account_number);
    end if;
    perform billing.lock_accounts(array[v_customer.customer_id], '{}');
    v_transaction := billing._waiting_credit(p_bank_transaction_id, v_customer.currency);
    v_on := greatest(p_as_of, v_transaction.entered_on);
    v_payment_id := billing._book_transfer(
        p_transaction => v_transaction,
        p_customer_id => v_customer.customer_id,
        p_amount => v_transaction.amount,
        p_on => v_on
    );
    perform billing.apply_on_account(v_customer.customer_id, v_transaction.currency, v_on);
    select billing.shown_amount(coalesce(sum(applications.amount), 0), v_transaction.currency) into applied
    from billing.payment_applications as applications
    where applications.payment_id = v_payment_id;
    perform billing.acknowledge_payment(v_payment_id, '{}', v_on);
    status := case when applied < v_transaction.amount then 'overpaid' else 'matched' end;
    status_reason := concat_ws(
        ', ',
        'on account ' || p_account_number,
        case when status = 'overpaid' then format(
            '%s became credit balance', billing.shown_amount(v_transaction.amount - applied, v_transaction.currency)
        ) end
    );
    perform billing._note_decision(
        p_transaction => v_transaction,
        p_status => status,
        p_reason => status_reason,
        p_what => format(
            'assigned to account %s by hand: %s %s applied', p_account_number, applied, v_transaction.currency
        ),
        p_as_of => p_as_of
    );
    return next;
end;
$$;

comment on function billing.assign_bank_transaction_to_account (bigint, text, date)
is 'Books an unmatched transfer as money of a customer, by hand.';
