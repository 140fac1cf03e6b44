create or replace function billing._match_debit(p_debit billing.bank_transactions)
returns void
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
    v_credit record;
    v_concern text;
    v_payment_ids bigint[];
    v_payment text;
begin
    select
        found.bank_transaction_id,
        found.booked_on,
        found.is_certain
    into v_credit
    from billing._returned_credit(p_debit) as found;
    v_payment_ids := array(select payment_id from billing._standing_payments(v_credit.bank_transaction_id));
    v_concern := billing._paid_out_concern(p_debit.bank_transaction_id, v_payment_ids);
    v_payment := format('payment %s of %s', array_to_string(v_payment_ids, ', '), v_credit.booked_on);
    if v_credit.is_certain and v_concern is null then
        perform billing._take_back(p_debit, v_credit.bank_transaction_id, p_debit.entered_on);
        return;
    end if;
    perform billing._mark_transaction(
        p_bank_transaction_id => p_debit.bank_transaction_id,
        p_status => case
            when p_debit.is_return or v_credit.bank_transaction_id is not null then 'unmatched'
            else 'ignored'
        end,
        p_reason => case
            when v_credit.is_certain then v_concern
            when v_credit.bank_transaction_id is not null and p_debit.is_return
                then format('may return %s, but went to somebody else', v_payment)
            when p_debit.is_return then 'returns a payment that is not known'
            when v_credit.bank_transaction_id is not null
                then format('may take back %s, but is not marked as a return', v_payment)
            else 'not a customer''s payment'
        end
    );
end;
$$;

comment on function billing._match_debit (billing.bank_transactions)
is 'Undoes the payment that a debit certainly takes back; what only may do so, or was paid out since, waits for a person, any other debit is not ours.';
