-- A late event of an earlier try must not end the present one: it counts only if its intent carries the key of the open
-- attempt, or there has been no other attempt. Otherwise the attempt is resolved by its look-up.
create or replace function billing._process_intent_failed(p_event billing.webhook_events, p_as_of date)
returns text
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
    v_error jsonb := p_event.payload -> 'data' -> 'object' -> 'last_payment_error';
    v_attempt billing.payment_attempts;
begin
    if exists (
        select from billing.payments where method = 'card' and reference = p_event.stripe_payment_intent_id
    ) then
        return billing._process_late_failure(p_event, p_as_of);
    end if;
    select attempts.* into v_attempt
    from billing.payment_attempts as attempts
    inner join billing.payment_intents using (invoice_id, intent)
    where
        payment_intents.stripe_payment_intent_id = p_event.stripe_payment_intent_id
        and attempts.state in ('sent', 'unknown')
        and coalesce(
            p_event.payload -> 'data' -> 'object' -> 'metadata' ->> 'attempt' = attempts.idempotency_key,
            attempts.attempt = 1
        )
    for update of attempts;
    if not found then
        return 'ignored: no open attempt waits for it';
    end if;
    perform billing.record_decline(
        p_attempt => v_attempt,
        p_advice_code => v_error ->> 'advice_code',
        p_decline_code => v_error ->> 'decline_code',
        p_error_code => v_error ->> 'code',
        p_on => p_as_of
    );
    return format('attempt %s declined', v_attempt.idempotency_key);
end;
$$;

comment on function billing._process_intent_failed (billing.webhook_events, date)
is 'payment_intent.payment_failed: the open attempt is declined; a debit that had gone through and came back is reversed.';
