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
    v_payment_ids bigint[] := array(
        select payment_id from billing.payments where bank_transaction_id = p_bank_transaction_id
    );
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
            hint = coalesce((
                select format('Undo the debit that did: billing bank undo %s.', debits.bank_transaction_id)
                from billing.bank_transactions as debits
                where debits.returned_bank_transaction_id = p_bank_transaction_id
                limit 1
            ), '');
    end if;
    if v_transaction.status <> 'returned' and exists (
        select from billing.payment_balances
        where payment_id = any(v_payment_ids) and reversed > taken_back
    ) then
        raise object_not_in_prerequisite_state using
            message = format('some of bank transaction %s was paid out already', p_bank_transaction_id),
            hint = coalesce((
                select format('Take that back first: %s.', string_agg('billing reverse payout-' || payout_id, ', '))
                from billing._standing_payouts(v_payment_ids)
            ), '');
    end if;
    return v_transaction;
end;
$$;

comment on function billing._decided_transaction (bigint)
is 'Locks a bank transaction that was matched, returned or ignored, and returns it.';
