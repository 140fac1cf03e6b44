create or replace function billing.record_charge_declined(
    p_payment_attempt_id bigint,
    p_claim integer,
    p_code text,
    p_advised_kind text,
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
        p_code => p_code,
        p_advised_kind => p_advised_kind,
        p_on => p_as_of
    );
end;
$$;

comment on function billing.record_charge_declined (bigint, integer, text, text, date)
is 'Records that a card was declined, which is an answer, not an error; dunning begins, or takes the step the charge was part of. Code and advice as in billing.record_decline.';
