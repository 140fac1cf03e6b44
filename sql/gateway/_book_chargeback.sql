-- At most what is left of the payment is booked; what is missing, once there is money of the charge again.
create or replace function billing._book_chargeback(p_dispute billing.disputes, p_on date)
returns numeric
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
    v_chargeback billing.payment_reversals;
begin
    v_chargeback.kind := 'chargeback';
    v_chargeback.amount := billing._unbooked_of_dispute(p_dispute.dispute_id);
    v_chargeback.reference := p_dispute.dispute_id;
    v_chargeback.dispute_id := p_dispute.dispute_id;
    v_chargeback.reversed_on := p_on;
    return billing._reverse_intent(p_dispute.provider_intent_id, v_chargeback);
end;
$$;

comment on function billing._book_chargeback (billing.disputes, date)
is 'Books what a dispute takes back and is not booked yet, and returns how much.';
