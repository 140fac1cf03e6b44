create or replace function billing.record_refund_failed(
    p_refund_id bigint,
    p_claim integer,
    p_reason text,
    p_as_of date
)
returns void
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    perform billing._fail_refund(
        p_refund => billing._require_refund_claim(p_refund_id, p_claim),
        p_reason => p_reason,
        p_on => p_as_of
    );
end;
$$;

comment on function billing.record_refund_failed (bigint, integer, text, date)
is 'Records that the provider refused a refund for good: the money stays as credit balance, and finance is told.';
