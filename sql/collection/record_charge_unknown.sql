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
    perform billing._lock_attempt(p_payment_attempt_id);
    perform billing.give_back_work(
        p_kind => 'charge',
        p_subject_id => p_payment_attempt_id,
        p_claim => p_claim,
        p_error => p_error
    );
    update billing.payment_attempts
    set state = 'unknown'
    where payment_attempt_id = p_payment_attempt_id and state = 'sent';
end;
$$;

comment on function billing.record_charge_unknown (bigint, integer, text)
is 'Records that no usable answer came. The attempt stays open and blocks others until it is resolved.';
