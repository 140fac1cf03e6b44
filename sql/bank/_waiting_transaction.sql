create or replace function billing._waiting_transaction(p_bank_transaction_id bigint)
returns billing.bank_transactions
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
    v_transaction billing.bank_transactions;
begin
    select * into v_transaction
    from billing.bank_transactions
    where bank_transaction_id = p_bank_transaction_id
    for update;
    if not found then
        raise no_data_found using message = format('there is no bank transaction %s', p_bank_transaction_id);
    end if;
    if v_transaction.status <> 'unmatched' then
        raise object_not_in_prerequisite_state using
            message = format('bank transaction %s is %s', p_bank_transaction_id, v_transaction.status),
            hint = format(
                'Only unmatched ones wait for a decision. To decide anew: billing bank undo %s --reason …',
                p_bank_transaction_id
            );
    end if;
    return v_transaction;
end;
$$;

comment on function billing._waiting_transaction (bigint)
is 'Locks a bank transaction that waits for a decision, and returns it.';
