-- What is told is the sum of all refunds of a charge. What is known already, or is being refunded by us at this moment
-- and will be recorded with its own answer, is not booked again; nor is what is known to have failed since. A refund
-- made at the provider's dashboard re-opens the invoice, but nobody is dunned for it: finance is asked.
create or replace function billing._process_refund(p_event billing.webhook_events, p_as_of date)
returns billing.webhook_outcome
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
    v_currency text;
    v_told numeric;
    v_amount numeric;
    v_refund billing.payment_reversals;
begin
    select currency into v_currency
    from billing.payments
    where method = 'card' and reference = p_event.provider_intent_id;
    if not found then
        return billing._outcome_of_unknown_payment(p_event);
    end if;
    if p_event.amount is null then
        raise invalid_parameter_value using message = 'it does not say how much was refunded';
    end if;
    select
        billing.amount_from_stripe(p_event.amount, v_currency)
        - billing._refunded_of_intent(p_event.provider_intent_id)
        - coalesce(sum(billing.amount_from_stripe(failed.amount, v_currency)), 0)
    into v_told
    from (
        select later.amount
        from billing.webhook_events as later
        where
            later.provider_intent_id = p_event.provider_intent_id
            and later.occurred_at > p_event.occurred_at
            and later.kind = 'refund_failed'
            and later.outcome_kind = 'done'
    ) as failed;
    v_refund.kind := 'refund';
    v_refund.amount := v_told;
    v_refund.provider_charge_id := p_event.provider_charge_id;
    v_refund.refunded_so_far := p_event.amount;
    v_refund.reference := format('%s-refunded-%s', v_refund.provider_charge_id, v_refund.refunded_so_far);
    v_refund.reversed_on := p_as_of;
    v_amount := billing._reverse_intent(p_event.provider_intent_id, v_refund);
    if v_told <= 0 then
        return ('known', 'ignored: known before')::billing.webhook_outcome;
    end if;
    perform billing.ask_finance(
        p_invoice_ids => array(select billing._invoices_of_intent(p_event.provider_intent_id)),
        p_occasion => p_event.webhook_event_id,
        p_reason => format(
            '%s %s were refunded at %s%s',
            v_told, v_currency, billing._provider_name(p_event), billing._unbooked_reason(v_told - v_amount, v_currency)
        ),
        p_on => p_as_of
    );
    return ('done', format('refund of %s %s', v_amount, v_currency))::billing.webhook_outcome;
end;
$$;

comment on function billing._process_refund (billing.webhook_events, date)
is 'refund_made: what was refunded and is not known yet is booked.';
