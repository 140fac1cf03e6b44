create or replace function billing._process_dispute_closed(p_event billing.webhook_events, p_as_of date)
returns text
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
    v_object jsonb := p_event.payload -> 'data' -> 'object';
    v_status text := v_object ->> 'status';
    v_payment_id bigint;
begin
    select payment_id into v_payment_id
    from billing.payments
    where method = 'card' and reference = p_event.stripe_payment_intent_id;
    if not found then
        return billing._outcome_of_unknown_payment(p_event);
    end if;
    if v_status = 'won' then
        return billing._win_dispute(
            p_payment_id => v_payment_id,
            p_dispute_id => v_object ->> 'id',
            p_on => p_as_of
        );
    end if;
    if v_status = 'warning_closed' then
        perform billing._set_disputed(v_payment_id, false);
    end if;
    return 'dispute ' || v_status;
end;
$$;

comment on function billing._process_dispute_closed (billing.webhook_events, date)
is 'charge.dispute.closed: won, the money comes back; lost, the invoice stays open for a person to decide.';
