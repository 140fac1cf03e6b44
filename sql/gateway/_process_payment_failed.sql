-- A late event of an earlier try must not end the present one: it counts only if its intent carries the key of the open
-- attempt, or there has been no other attempt. Otherwise the attempt is resolved by its look-up.
create or replace function billing._process_payment_failed(p_event billing.webhook_events, p_as_of date)
returns billing.webhook_outcome
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
    v_attempt billing.payment_attempts;
begin
    if exists (
        select from billing.payments where method = 'card' and reference = p_event.provider_intent_id
    ) then
        return billing._process_late_failure(p_event, p_as_of);
    end if;
    select attempts.* into v_attempt
    from billing.payment_attempts as attempts
    inner join billing.payment_intents using (invoice_id, intent)
    where
        payment_intents.provider_intent_id = p_event.provider_intent_id
        and attempts.state in ('sent', 'unknown')
        and coalesce(p_event.attempt_key = attempts.idempotency_key, attempts.attempt = 1)
    for update of attempts;
    if not found then
        return ('ignored', 'ignored: no open attempt waits for it')::billing.webhook_outcome;
    end if;
    perform billing.record_decline(
        p_attempt => v_attempt,
        p_code => p_event.code,
        p_advised_kind => p_event.failure_kind,
        p_on => p_as_of
    );
    return ('done', format('attempt %s declined', v_attempt.idempotency_key))::billing.webhook_outcome;
end;
$$;

comment on function billing._process_payment_failed (billing.webhook_events, date)
is 'payment_failed: the open attempt is declined; a debit that had gone through and came back is reversed.';
