-- A closed card, a bank that refuses: days after a refund had succeeded the provider has the money again. It tells
-- so in up to three events, of which the first counts. An event waits for what it refers to: the answer to our own
-- refund, or the event of one made at the provider's dashboard.
create or replace function billing._process_refund_failed(p_event billing.webhook_events, p_as_of date)
returns billing.webhook_outcome
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
    v_refund billing.refunds;
    v_reversal_ids bigint[];
    v_amount numeric;
begin
    if exists (
        select from billing.webhook_events as earlier
        where
            earlier.provider_intent_id = p_event.provider_intent_id
            and earlier.provider_refund_id = p_event.provider_refund_id
            and earlier.kind = 'refund_failed'
            and earlier.outcome_kind = 'done'
    ) then
        return ('known', 'ignored: known before')::billing.webhook_outcome;
    end if;
    select * into v_refund
    from billing.refunds
    where idempotency_key = p_event.refund_key;
    select
        array_agg(parts.payment_reversal_id),
        sum(parts.amount)
    into v_reversal_ids, v_amount
    from billing._failed_refund(p_event) as parts;
    if v_amount is null then
        return case
            when v_refund.state in ('succeeded', 'failed')
                then ('ignored', 'ignored: it was never booked')::billing.webhook_outcome
            else billing._outcome_of_unknown_payment(p_event)
        end;
    end if;
    if v_refund.refund_id is not null then
        v_refund := billing._lock_refund(v_refund.refund_id);
    end if;
    perform billing._book_returned_money(reversals, p_as_of)
    from billing.payment_reversals as reversals
    where reversals.payment_reversal_id = any(v_reversal_ids);
    if v_refund.refund_id is null then
        perform billing.ask_finance(
            p_invoice_ids => array(select billing._invoices_of_intent(p_event.provider_intent_id)),
            p_occasion => p_event.provider_refund_id,
            p_reason => format(
                'a refund made at %s failed: its money is ours again', billing._provider_name(p_event)
            ),
            p_on => p_as_of
        );
    else
        perform billing._fail_refund(
            p_refund => v_refund,
            p_reason => coalesce(p_event.code, 'failed'),
            p_on => p_as_of
        );
    end if;
    return ('done', format('refund failed: %s', v_amount))::billing.webhook_outcome;
end;
$$;

comment on function billing._process_refund_failed (billing.webhook_events, date)
is 'A refund that the provider reports as failed afterwards: its money is ours again, as credit balance of the customer, and finance is told.';
