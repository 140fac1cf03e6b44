-- An intent that fails and then succeeds sends both events, in any order of arrival: only a failure that Stripe dates
-- after the success takes the money back.
create or replace function billing._process_late_failure(p_event billing.webhook_events, p_as_of date)
returns text
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
    v_payment record;
begin
    select
        payment_balances.payment_id,
        payment_balances.amount - payment_balances.reversed as amount
    into v_payment
    from billing.payments
    inner join billing.payment_balances using (payment_id)
    where
        payments.method = 'card'
        and payments.reference = p_event.stripe_payment_intent_id
        and payment_balances.amount > payment_balances.reversed
        and exists (
            select from billing.webhook_events as successes
            where
                successes.stripe_payment_intent_id = p_event.stripe_payment_intent_id
                and successes.event_type = 'payment_intent.succeeded'
                and successes.occurred_at < p_event.occurred_at
        );
    if not found then
        return 'ignored: paid since';
    end if;
    perform billing._reverse_payment(
        p_payment_id => v_payment.payment_id,
        p_amount => v_payment.amount,
        p_kind => 'bank_return',
        p_reference => p_event.stripe_payment_intent_id,
        p_on => p_as_of
    );
    perform billing._ask_finance(
        p_payment_id => v_payment.payment_id,
        p_occasion => p_event.webhook_event_id,
        p_reason => format('a payment of %s that had been booked failed afterwards', v_payment.amount),
        p_on => p_as_of
    );
    return 'payment returned';
end;
$$;

comment on function billing._process_late_failure (billing.webhook_events, date)
is 'A payment that had been booked failed after all: it is reversed, and finance is asked.';
