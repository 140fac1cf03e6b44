-- The caller knows that it was not booked before. Each part has a reference of its own: the given one, or if that is
-- taken the same followed by the payment, and by a number where the payment has been taken from before.
create or replace function billing._reverse_intent(
    p_stripe_payment_intent_id text,
    p_amount numeric,
    p_kind text,
    p_reference text,
    p_on date
)
returns numeric
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
    v_part record;
    v_reversed numeric := 0;
begin
    perform billing.lock_invoices(array(
        select billing._invoices_of_intent(p_stripe_payment_intent_id)
    ));
    for v_part in
        select
            parts.payment_id,
            parts.amount
        from billing._reversal_parts(p_stripe_payment_intent_id, p_amount) as parts
    loop
        perform billing.take_back_payment(
            p_payment_id => v_part.payment_id,
            p_amount => v_part.amount,
            p_kind => p_kind,
            p_reference => (
                select case
                    when not coalesce(bool_or(reference = p_reference), false) then p_reference
                    else concat_ws(
                        '-',
                        p_reference,
                        v_part.payment_id,
                        nullif(count(*) filter (where payment_id = v_part.payment_id) + 1, 1)
                    )
                end
                from billing.payment_reversals
                where
                    payment_id in (select billing._payments_of_intent(p_stripe_payment_intent_id))
                    and kind = p_kind
                    and (reference = p_reference or starts_with(reference, p_reference || '-'))
            ),
            p_on => p_on,
            p_reason => null
        );
        v_reversed := v_reversed + v_part.amount;
    end loop;
    return v_reversed;
end;
$$;

comment on function billing._reverse_intent (text, numeric, text, text, date)
is 'Books money of a PaymentIntent that went back, and returns how much: p_amount, or what is left if that is less.';
