create or replace function billing.record_charge_unknown(
    p_payment_attempt_id bigint,
    p_claim integer,
    p_error text
)
returns void
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    perform billing._require_attempt_claim(p_payment_attempt_id, p_claim);
    update billing.payment_attempts
    set
        state = case when state = 'scheduled' then 'scheduled' else 'unknown' end,
        failed_at = clock_timestamp(),
        last_error = left(p_error, 2000),
        claimed_by = null,
        claimed_pid = null,
        claim_expires_at = null
    where payment_attempt_id = p_payment_attempt_id;
end;
$$;

comment on function billing.record_charge_unknown (bigint, integer, text)
is 'Records that no usable answer came. The attempt stays open and blocks others until it is resolved.';
