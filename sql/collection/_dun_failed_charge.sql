-- The first failure is day 0. A hard decline asks for another card at once; a soft one is tried again on the days of
-- the policy. Later failures take the step that charged, or, of a new card, change only the kind of failure. On hold no
-- step is taken and no letter written, but about a card that the customer has just given.
create or replace function billing._dun_failed_charge(
    p_attempt billing.payment_attempts,
    p_failure_kind text,
    p_failure_reason text,
    p_on date
)
returns void
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
    v_case billing.dunning_cases;
    v_is_on_hold boolean := billing._is_on_hold(p_attempt.invoice_id, p_on);
begin
    select * into strict v_case
    from billing.dunning_cases
    where invoice_id = p_attempt.invoice_id
    for update;
    if v_case.state = 'paid' then
        return;
    end if;
    update billing.dunning_cases
    set
        day_zero = coalesce(day_zero, p_on),
        failure_kind = p_failure_kind,
        failure_reason = p_failure_reason
    where invoice_id = p_attempt.invoice_id;

    if v_case.day_zero is null then
        if p_failure_kind = 'soft' then
            update billing.dunning_cases
            set
                state = 'retry_scheduled',
                since = p_on,
                reason = p_failure_reason
            where invoice_id = p_attempt.invoice_id and state = 'payment_attempted';
        end if;
        perform billing._plan_next_step(p_attempt.invoice_id, p_on);
    elsif p_attempt.cause = 'dunning' and not v_is_on_hold then
        perform billing._take_step(p_attempt.invoice_id, greatest(p_on, p_attempt.scheduled_on));
    end if;
    if p_failure_kind = 'hard' and p_attempt.cause <> 'dunning'
        and (p_attempt.cause = 'new_card' or not v_is_on_hold) then
        perform billing.write_email(
            p_invoice_id => p_attempt.invoice_id,
            p_template => 'update_payment_method',
            p_on => p_on,
            p_occasion => 'attempt-' || p_attempt.attempt,
            p_details => jsonb_build_object('failure_reason', p_failure_reason)
        );
    end if;
end;
$$;

comment on function billing._dun_failed_charge (billing.payment_attempts, text, text, date)
is 'What a declined charge means for the dunning of its invoice.';
