create or replace function billing.record_refund_unknown(p_refund_id bigint, p_claim integer, p_error text)
returns void
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    perform billing._require_refund_claim(p_refund_id, p_claim);
    update billing.refunds
    set
        state = case when state = 'scheduled' then 'scheduled' else 'unknown' end,
        failed_at = clock_timestamp(),
        last_error = left(p_error, 2000),
        claimed_by = null,
        claimed_pid = null,
        claim_expires_at = null
    where refund_id = p_refund_id;
end;
$$;

comment on function billing.record_refund_unknown (bigint, integer, text)
is 'Records that no usable answer came. The refund stays open and is sent again under the same key.';
