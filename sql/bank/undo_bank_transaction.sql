-- Back to where the entry came from the statement: what it paid is open again and is dunned again, a payment by hand
-- that it was stays. A return that was none leaves everything as it was before: what it took back pays again. Locks the
-- accounts, then the entry.
create or replace function billing.undo_bank_transaction(
    p_bank_transaction_id bigint,
    p_reason text,
    p_as_of date
)
returns table (
    reversed numeric,
    restored numeric
)
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_transaction billing.bank_transactions;
    v_payment_ids bigint[] := array(
        select payment_id from billing.payments where bank_transaction_id = p_bank_transaction_id
        union all
        select payment_id from billing._standing_returns(p_bank_transaction_id)
    );
begin
    perform billing.require_reason(p_reason, 'undoing a match');
    perform billing.lock_accounts(
        array(select customer_id from billing.payments where payment_id = any(v_payment_ids)),
        array(select invoice_id from billing.payment_applications where payment_id = any(v_payment_ids))
    );
    v_transaction := billing._decided_transaction(p_bank_transaction_id);
    reversed := billing._reverse_transfer(
        p_transaction => v_transaction,
        p_reason => p_reason,
        p_on => greatest(p_as_of, v_transaction.entered_on)
    );
    restored := billing._restore_payments(
        p_debit => v_transaction,
        p_reason => p_reason,
        p_on => greatest(p_as_of, v_transaction.entered_on)
    );
    reversed := billing.shown_amount(reversed, v_transaction.currency);
    restored := billing.shown_amount(restored, v_transaction.currency);
    if v_transaction.returned_bank_transaction_id is not null then
        perform billing._restore_credit(
            p_bank_transaction_id => v_transaction.returned_bank_transaction_id,
            p_on => greatest(p_as_of, v_transaction.entered_on)
        );
    end if;
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
is 'Puts a bank entry that was matched, returned or ignored back among those that wait; returns what was reversed, and what a return had taken back and is ours again.';
