-- An inquiry (warning) may become a dispute later. What was settled before we learned of it has taken nothing in the
-- end.
create or replace function billing._process_dispute_opened(p_event billing.webhook_events, p_as_of date)
returns billing.webhook_outcome
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
    v_dispute billing.disputes;
    v_currency text;
    v_amount numeric;
begin
    select payments.currency into v_currency
    from billing.payments
    where payments.method = 'card' and payments.reference = p_event.provider_intent_id;
    if not found then
        return billing._outcome_of_unknown_payment(p_event);
    end if;
    if p_event.amount is null then
        raise invalid_parameter_value using message = 'it does not say how much is disputed';
    end if;
    v_dispute := billing._note_dispute(p_event);
    if v_dispute.status in ('won', 'warning_closed') then
        return ('known', 'ignored: settled before')::billing.webhook_outcome;
    end if;
    if exists (
        select from billing.payment_reversals
        where dispute_id = v_dispute.dispute_id
    ) then
        return ('known', 'ignored: known before')::billing.webhook_outcome;
    end if;
    v_amount := billing._book_chargeback(v_dispute, p_as_of);
    perform billing._mark_disputed_invoices(p_event.provider_intent_id);
    perform billing.ask_finance(
        p_invoice_ids => array(select billing._invoices_of_intent(p_event.provider_intent_id)),
        p_occasion => v_dispute.dispute_id,
        p_reason => format(
            'the cardholder disputes the charge (%s)%s',
            replace(p_event.code, '_', ' '),
            billing._unbooked_reason(billing._unbooked_of_dispute(v_dispute.dispute_id), v_currency)
        ),
        p_on => p_as_of
    );
    return ('done', format('disputed: %s %s', v_amount, v_currency))::billing.webhook_outcome;
end;
$$;

comment on function billing._process_dispute_opened (billing.webhook_events, date)
is 'dispute_opened: the money is gone, the invoice open again and disputed, and finance is asked.';
