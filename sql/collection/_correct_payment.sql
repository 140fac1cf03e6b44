-- The booking stays in the books, and so does this one. What it paid is open again, newest first, and collected as if a
-- transfer had come back; its letter does not go out any more. The caller has the lock of the account.
create or replace function billing._correct_payment(p_payment_id bigint, p_reason text, p_on date)
returns numeric
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
    v_payment billing.payments;
    v_payout_id bigint;
    v_amount numeric;
    v_debit_id bigint;
    v_correction billing.payment_reversals;
begin
    select * into strict v_payment from billing.payments where payment_id = p_payment_id;
    select
        max(reversals.payout_id) filter (where not billing.is_taken_back(reversals.payout_id)),
        v_payment.amount - coalesce(sum(reversals.amount), 0),
        max(reversals.bank_transaction_id)
    into v_payout_id, v_amount, v_debit_id
    from billing.payment_reversals as reversals
    where reversals.payment_id = p_payment_id;
    if v_payout_id is not null then
        raise object_not_in_prerequisite_state using
            message = format('part of payment %s was paid out to the customer', p_payment_id),
            hint = format('Take that back first: billing reverse payout-%s.', v_payout_id);
    end if;
    if v_amount = 0 then
        raise object_not_in_prerequisite_state using
            message = format('payment %s has gone back already: nothing of it is left', p_payment_id),
            hint = format(
                'It went back with bank transaction %s; if it did not: billing bank undo %s.', v_debit_id, v_debit_id
            );
    end if;
    v_correction.payment_id := p_payment_id;
    v_correction.amount := v_amount;
    v_correction.kind := 'correction';
    v_correction.reference := 'payment-' || p_payment_id;
    v_correction.reversed_on := greatest(p_on, v_payment.booked_on);
    v_correction.reason := p_reason;
    perform billing.take_back_payment(v_correction);
    perform billing.append_audit_entry(
        p_business_date => p_on,
        p_topic => 'payment',
        p_subject => 'payment ' || p_payment_id,
        p_from_state => 'booked',
        p_to_state => 'taken back',
        p_reason => p_reason
    );
    return v_amount;
end;
$$;

comment on function billing._correct_payment (bigint, text, date)
is 'Takes back all that is left of a payment that was booked by mistake, and returns the amount. Refused where part of it was paid out, or all has gone back.';
