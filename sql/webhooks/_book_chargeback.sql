-- The bank takes at most what is left of the payment; an inquiry (warning_…) takes nothing.
create or replace function billing._book_chargeback(p_event billing.webhook_events, p_dispute_id text, p_on date)
returns numeric
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
    v_object jsonb := p_event.payload -> 'data' -> 'object';
begin
    if v_object ->> 'status' like 'warning%' or exists (
        select from billing.payment_reversals
        where kind = 'chargeback' and reference = p_dispute_id
    ) then
        return 0;
    end if;
    return billing._reverse_intent(
        p_stripe_payment_intent_id => p_event.stripe_payment_intent_id,
        p_amount => billing.amount_from_stripe(
            (v_object ->> 'amount')::bigint,
            (
                select currency
                from billing.payments
                where method = 'card' and reference = p_event.stripe_payment_intent_id
            )
        ),
        p_kind => 'chargeback',
        p_reference => p_dispute_id,
        p_on => p_on
    );
end;
$$;

comment on function billing._book_chargeback (billing.webhook_events, text, date)
is 'Books what a dispute takes back, once, and returns how much.';
