create or replace function billing.finish_attempt(
    p_payment_attempt_id bigint,
    p_state text,
    p_decline_code text
)
returns void
language sql
volatile
security invoker
as $$
update billing.payment_attempts
set
    state = p_state,
    decline_code = p_decline_code,
    finished_at = clock_timestamp()
where
    payment_attempt_id = p_payment_attempt_id
    and state in ('scheduled', 'sent', 'unknown')
$$;

comment on function billing.finish_attempt (bigint, text, text)
is 'Ends an attempt as succeeded, declined (with its code) or canceled; one that has ended stays as it is.';
