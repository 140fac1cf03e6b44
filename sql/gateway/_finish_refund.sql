create or replace function billing._finish_refund(
    p_refund_id bigint,
    p_state text,
    p_provider_refund_id text,
    p_failure_reason text
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
    finished_at = clock_timestamp()
where refund_id = p_refund_id
$$;

comment on function billing._finish_refund (bigint, text, text, text)
is 'Ends a refund as succeeded, with the provider''s id, or failed, with the reason.';
