create or replace function billing._finish_refund(
    p_refund_id bigint,
    p_state text,
    p_provider_refund_id text,
    p_failure_reason text,
    p_on date
)
returns void
language sql
volatile
security invoker
as $$
update billing.refunds
set
    state = p_state,
    provider_refund_id = p_provider_refund_id,
    failure_reason = p_failure_reason,
    failed_on = case when p_state = 'failed' then greatest(scheduled_on, billing.open_day(p_on)) end,
    finished_at = clock_timestamp()
where refund_id = p_refund_id
$$;

comment on function billing._finish_refund (bigint, text, text, text, date)
is 'Ends a refund on a day as succeeded, with the provider''s id, or failed, with the reason.';
