create or replace function billing._require_attempt_claim(p_payment_attempt_id bigint, p_claim integer)
returns billing.payment_attempts
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
    v_attempt billing.payment_attempts;
begin
    v_attempt := billing._lock_attempt(p_payment_attempt_id);
    perform billing.require_claim('charge', p_payment_attempt_id, p_claim);
    return v_attempt;
end;
$$;

comment on function billing._require_attempt_claim (bigint, integer)
is 'Locks an invoice and its payment attempt, and raises UB003 unless p_claim is its running claim.';
