-- The caller knows that it was not booked before, and says what took it: a dispute, a refund of a charge, its bank.
-- Each part has a reference of its own: the given one, then the same followed by the payment, and by a number where
-- the payment has been taken from before.
create or replace function billing._reverse_intent(
    p_provider_intent_id text,
    p_cause billing.payment_reversals
)
returns numeric
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
    v_reversal billing.payment_reversals := p_cause;
    v_part record;
    v_reversed numeric := 0;
begin
    perform billing.lock_invoices(array(
        select billing._invoices_of_intent(p_provider_intent_id)
    ));
    for v_part in
        select
            parts.payment_id,
            parts.amount
        from billing._reversal_parts(p_provider_intent_id, p_cause.amount) as parts
    loop
        v_reversal.payment_id := v_part.payment_id;
        v_reversal.amount := v_part.amount;
        select
            case
                when count(*) = 0 then p_cause.reference
                else concat_ws(
                    '-',
                    p_cause.reference,
                    v_part.payment_id,
                    nullif(count(*) filter (where payment_id = v_part.payment_id) + 1, 1)
                )
            end
        into v_reversal.reference
        from billing.payment_reversals
        where
            payment_id in (select billing._payments_of_intent(p_provider_intent_id))
            and kind = p_cause.kind
            and (dispute_id, provider_charge_id, refunded_so_far)
            is not distinct from (p_cause.dispute_id, p_cause.provider_charge_id, p_cause.refunded_so_far);
        perform billing.take_back_payment(v_reversal);
        v_reversed := v_reversed + v_part.amount;
    end loop;
    return v_reversed;
end;
$$;

comment on function billing._reverse_intent (text, billing.payment_reversals)
is 'Books money of a PaymentIntent that went back, in parts of p_cause, and returns how much: its amount, or what is left if that is less.';
