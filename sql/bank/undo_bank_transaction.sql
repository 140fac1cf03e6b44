-- Back to where the entry came from the statement: what it paid is open again and is dunned again, a payment by hand
-- that it was stays. A return that was none leaves its credit waiting, for the payment it brought is reversed. Locks
-- the accounts, then the entry.
create or replace function billing.undo_bank_transaction(
    p_bank_transaction_id bigint,
    p_reason text,
    p_as_of date
)
returns table (
    reversed numeric,
    waiting_too bigint
)
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_transaction billing.bank_transactions;
begin
    perform billing._require_reason(p_reason, 'undoing a match');
    perform billing._lock_accounts(
        array(select customer_id from billing.payments where bank_transaction_id = p_bank_transaction_id),
        array(
            select applications.invoice_id
            from billing.payments
            inner join billing.payment_applications as applications using (payment_id)
            where payments.bank_transaction_id = p_bank_transaction_id
        )
    );
    v_transaction := billing._decided_transaction(p_bank_transaction_id);
    reversed := billing._reverse_transfer(
        p_transaction => v_transaction,
        p_reason => p_reason,
        p_on => greatest(p_as_of, v_transaction.booked_on)
    );
    waiting_too := v_transaction.returned_bank_transaction_id;
    update billing.bank_transactions
    set
        status = 'unmatched',
        status_reason = 'the return was undone: ' || p_reason,
        booked_payment_id = null
    where bank_transaction_id = waiting_too;
    update billing.bank_transactions
    set
        status = 'unmatched',
        booked_payment_id = null,
        returned_bank_transaction_id = null
    where bank_transaction_id = p_bank_transaction_id;
    perform billing._note_decision(
        p_transaction => v_transaction,
        p_status => 'unmatched',
        p_reason => 'undone: ' || p_reason,
        p_what => p_reason,
        p_as_of => p_as_of
    );
    return next;
end;
$$;

comment on function billing.undo_bank_transaction (bigint, text, date)
is 'Puts a bank entry that was matched, returned or ignored back among those that wait; returns what was reversed, and the credit that waits again with a return.';
