create or replace function billing._require_refund_claim(p_refund_id bigint, p_claim integer)
returns billing.refunds
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
    v_refund billing.refunds;
begin
    v_refund := billing._lock_refund(p_refund_id);
    perform billing.require_claim('refund', p_refund_id, p_claim);
    return v_refund;
end;
$$;

comment on function billing._require_refund_claim (bigint, integer)
is 'Locks a refund and raises UB003 unless p_claim is its running claim.';
