create or replace function billing.record_refund_unknown(p_refund_id bigint, p_claim integer, p_error text)
returns void
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    perform billing._lock_refund(p_refund_id);
    perform billing.give_back_work(
        p_kind => 'refund',
        p_subject_id => p_refund_id,
        p_claim => p_claim,
        p_error => p_error
    );
    update billing.refunds
    set state = 'unknown'
    where refund_id = p_refund_id and state = 'sent';
end;
$$;

comment on function billing.record_refund_unknown (bigint, integer, text)
is 'Records that no usable answer came. The refund stays open and is sent again under the same key.';
