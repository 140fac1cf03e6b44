create or replace function billing._waiting_credit(p_bank_transaction_id bigint, p_currency text)
returns billing.bank_transactions
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
    v_transaction billing.bank_transactions := billing._waiting_transaction(p_bank_transaction_id);
begin
    if v_transaction.amount <= 0 then
        raise invalid_parameter_value using
            message = format('bank transaction %s is no money received', p_bank_transaction_id),
            hint = 'A payment that went back is named by --payment.';
    end if;
    if v_transaction.currency <> p_currency then
        raise invalid_parameter_value using
            message = format(
                'bank transaction %s is in %s, not in %s', p_bank_transaction_id, v_transaction.currency, p_currency
            ),
            hint = format(
                'Send it back, or book what it is worth in %s with billing pay and then take the entry off the list '
                'with billing bank ignore.',
                p_currency
            );
    end if;
    return v_transaction;
end;
$$;

comment on function billing._waiting_credit (bigint, text)
is 'Locks a credit in a currency that waits for a decision, and returns it.';
