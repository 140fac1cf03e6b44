-- What was paid out is gone: an entry whose money could not be assigned anew in full is not taken apart.
create or replace function billing._decided_transaction(p_bank_transaction_id bigint)
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
    if v_transaction.status = 'unmatched' then
        raise object_not_in_prerequisite_state using
            message = format('bank transaction %s is unmatched: there is nothing to undo', p_bank_transaction_id);
    end if;
    if v_transaction.status = 'returned' and v_transaction.amount > 0 then
        raise object_not_in_prerequisite_state using
            message = format('bank transaction %s was taken back by the bank', p_bank_transaction_id),
            hint = (
                select format('Undo the debit that did: billing bank undo %s.', debits.bank_transaction_id)
                from billing.bank_transactions as debits
                where debits.returned_bank_transaction_id = p_bank_transaction_id
                limit 1
            );
    end if;
    if v_transaction.status <> 'returned' and exists (
        select from billing.payments
        inner join billing.payment_reversals as reversals using (payment_id)
        where
            payments.bank_transaction_id = p_bank_transaction_id
            and reversals.kind not in ('correction', 'bank_return')
    ) then
        raise object_not_in_prerequisite_state using
            message = format('some of bank transaction %s was paid out already', p_bank_transaction_id),
            hint = 'What was paid out cannot be counted for somebody else.';
    end if;
    return v_transaction;
end;
$$;

comment on function billing._decided_transaction (bigint)
is 'Locks a bank transaction that was matched, returned or ignored, and returns it.';
