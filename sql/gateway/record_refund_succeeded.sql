create or replace function billing.record_refund_succeeded(
    p_refund_id bigint,
    p_provider_refund_id text,
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
    v_reversal billing.payment_reversals;
begin
    v_refund := billing._lock_refund(p_refund_id);
    if v_refund.state in ('succeeded', 'failed') then
        return;
    end if;
    perform billing._finish_refund(
        p_refund_id => p_refund_id,
        p_state => 'succeeded',
        p_provider_refund_id => p_provider_refund_id,
        p_failure_reason => null,
        p_on => p_as_of
    );
    v_reversal.payment_id := v_refund.payment_id;
    v_reversal.amount := v_refund.amount;
    v_reversal.kind := 'refund';
    v_reversal.reference := p_provider_refund_id;
    v_reversal.refund_id := p_refund_id;
    v_reversal.reversed_on := p_as_of;
    perform billing.take_back_payment(v_reversal);
end;
$$;

comment on function billing.record_refund_succeeded (bigint, text, date)
is 'Records that the money of a refund went back. Needs no claim, and a second call changes nothing.';
