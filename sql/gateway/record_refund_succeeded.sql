create or replace function billing.record_refund_succeeded(
    p_refund_id bigint,
    p_stripe_refund_id text,
    p_as_of date
)
returns void
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_refund billing.refunds;
begin
    v_refund := billing._lock_refund(p_refund_id);
    if v_refund.state in ('succeeded', 'failed') then
        return;
    end if;
    perform billing._finish_refund(
        p_refund_id => p_refund_id,
        p_state => 'succeeded',
        p_stripe_refund_id => p_stripe_refund_id,
        p_failure_reason => null
    );
    perform billing.take_back_payment(
        p_payment_id => v_refund.payment_id,
        p_amount => v_refund.amount,
        p_kind => 'refund',
        p_reference => p_stripe_refund_id,
        p_on => p_as_of,
        p_reason => null
    );
end;
$$;

comment on function billing.record_refund_succeeded (bigint, text, date)
is 'Records that the money of a refund went back. Needs no claim, and a second call changes nothing.';
