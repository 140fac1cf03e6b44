-- An intent that fails and then succeeds sends both events, in any order of arrival: only a failure that is dated
-- after the success takes the money back.
create or replace function billing._process_late_failure(p_event billing.webhook_events, p_as_of date)
returns billing.webhook_outcome
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
    v_amount numeric;
    v_currency text;
    v_booked numeric;
    v_return billing.payment_reversals;
begin
    select
        payments.amount,
        payments.currency
    into v_amount, v_currency
    from billing.payments
    where
        payments.method = 'card'
        and payments.reference = p_event.provider_intent_id
        and not exists (
            select from billing.payment_reversals as reversals
            where
                reversals.kind = 'bank_return'
                and reversals.payment_id in (select billing._payments_of_intent(payments.reference))
        )
        and exists (
            select from billing.webhook_events as successes
            where
                successes.provider_intent_id = p_event.provider_intent_id
                and successes.kind = 'payment_succeeded'
                and successes.occurred_at < p_event.occurred_at
        );
    if not found then
        return ('ignored', 'ignored: paid since')::billing.webhook_outcome;
    end if;
    v_return.kind := 'bank_return';
    v_return.amount := v_amount;
    v_return.reference := p_event.provider_intent_id;
    v_return.reversed_on := p_as_of;
    v_booked := billing._reverse_intent(p_event.provider_intent_id, v_return);
    perform billing.ask_finance(
        p_invoice_ids => array(select billing._invoices_of_intent(p_event.provider_intent_id)),
        p_occasion => p_event.webhook_event_id,
        p_reason => format(
            'a payment of %s that had been booked failed afterwards%s',
            v_amount, billing._unbooked_reason(v_amount - v_booked, v_currency)
        ),
        p_on => p_as_of
    );
    return ('done', 'payment returned')::billing.webhook_outcome;
end;
$$;

comment on function billing._process_late_failure (billing.webhook_events, date)
is 'A payment that had been booked failed after all: it is reversed, and finance is asked.';
