create or replace function billing.record_charge_declined(
    p_payment_attempt_id bigint,
    p_claim integer,
    p_decline_code text,
    p_as_of date
)
returns void
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
    v_attempt billing.payment_attempts;
begin
    v_attempt := billing._require_attempt_claim(p_payment_attempt_id, p_claim);
    perform billing._finish_attempt(p_payment_attempt_id, 'declined', p_decline_code);
    perform billing._dun_failed_charge(
        p_attempt => v_attempt,
        p_decline_code => p_decline_code,
        p_on => p_as_of
    );
end;
$$;

comment on function billing.record_charge_declined (bigint, integer, text, date)
is 'Records that a card was declined, which is an answer, not an error; dunning begins, or takes the step the charge was part of.';
