-- An inquiry (warning_…) takes no money; it may become a dispute later. The bank takes at most what is left of the
-- payment.
create or replace function billing._process_dispute_opened(p_event billing.webhook_events, p_as_of date)
returns text
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
    v_object jsonb := p_event.payload -> 'data' -> 'object';
    v_payment record;
begin
    select
        payments.payment_id,
        payments.currency,
        least(
            billing.amount_from_stripe((v_object ->> 'amount')::bigint, payments.currency),
            payment_balances.amount - payment_balances.reversed
        ) as amount
    into v_payment
    from billing.payments
    inner join billing.payment_balances using (payment_id)
    where payments.method = 'card' and payments.reference = p_event.stripe_payment_intent_id;
    if not found then
        return billing._outcome_of_unknown_payment(p_event);
    end if;
    if exists (
        select from billing.payment_reversals where kind = 'chargeback' and reference = v_object ->> 'id'
    ) then
        return 'ignored: known before';
    end if;
    if v_object ->> 'status' not like 'warning%' and v_payment.amount > 0 then
        perform billing._reverse_payment(
            p_payment_id => v_payment.payment_id,
            p_amount => v_payment.amount,
            p_kind => 'chargeback',
            p_reference => v_object ->> 'id',
            p_on => p_as_of
        );
    end if;
    perform billing._set_disputed(v_payment.payment_id, true);
    perform billing._ask_finance(
        p_payment_id => v_payment.payment_id,
        p_occasion => v_object ->> 'id',
        p_reason => format(
            'the cardholder disputes the charge (%s)', replace(v_object ->> 'reason', '_', ' ')
        ),
        p_on => p_as_of
    );
    return format('disputed: %s %s', v_payment.amount, v_payment.currency);
end;
$$;

comment on function billing._process_dispute_opened (billing.webhook_events, date)
is 'charge.dispute.created: the money is gone, the invoice open again and disputed, and finance is asked.';
