create or replace function billing.record_charge_declined(
    p_payment_attempt_id bigint,
    p_claim integer,
    p_advice_code text,
    p_decline_code text,
    p_error_code text,
    p_as_of date
)
returns void
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    perform billing.record_decline(
        p_attempt => billing._require_attempt_claim(p_payment_attempt_id, p_claim),
        p_advice_code => p_advice_code,
        p_decline_code => p_decline_code,
        p_error_code => p_error_code,
        p_on => p_as_of
    );
end;
$$;

comment on function billing.record_charge_declined (bigint, integer, text, text, text, date)
is 'Records that a card was declined, which is an answer, not an error; dunning begins, or takes the step the charge was part of. The codes are Stripe''s advice_code, decline_code and code.';
