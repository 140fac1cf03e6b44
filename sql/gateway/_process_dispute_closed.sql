-- A lost dispute whose opening never came is booked now; its invoice is in the review queue. One that is won may leave
-- an invoice open, of which nothing is collected any more. Finance is told of that, and of every one that is lost.
create or replace function billing._process_dispute_closed(p_event billing.webhook_events, p_as_of date)
returns billing.webhook_outcome
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
    v_dispute billing.disputes;
    v_currency text;
begin
    select payments.currency into v_currency
    from billing.payments
    where payments.method = 'card' and payments.reference = p_event.provider_intent_id;
    if not found then
        return billing._outcome_of_unknown_payment(p_event);
    end if;
    v_dispute := billing._note_dispute(p_event);
    update billing.disputes
    set closed_on = p_as_of
    where dispute_id = v_dispute.dispute_id and closed_on is null;
    if v_dispute.status = 'won' then
        perform billing._book_returned_money(chargebacks, p_as_of)
        from billing.payment_reversals as chargebacks
        where chargebacks.dispute_id = v_dispute.dispute_id;
    end if;
    if v_dispute.status = 'lost' then
        perform billing._book_chargeback(v_dispute, p_as_of);
    end if;
    perform billing._mark_disputed_invoices(p_event.provider_intent_id);
    perform billing.send_to_review(
        p_invoice_id => own.invoice_id,
        p_reason => 'dispute_lost',
        p_on => p_as_of
    )
    from billing._invoices_of_intent(p_event.provider_intent_id) as own (invoice_id)
    where v_dispute.status = 'lost';
    perform billing.ask_finance(
        p_invoice_ids => array(
            select invoices.invoice_id
            from billing._invoices_of_intent(p_event.provider_intent_id) as own (invoice_id)
            inner join billing.invoices using (invoice_id)
            where invoices.status = 'issued' or v_dispute.status = 'lost'
        ),
        p_occasion => v_dispute.dispute_id || '-closed',
        p_reason => case v_dispute.status
            when 'lost' then 'the dispute is lost: the money stays with the cardholder' || billing._unbooked_reason(
                billing._unbooked_of_dispute(v_dispute.dispute_id), v_currency
            )
            else 'the dispute is over, and the invoice is still open'
        end,
        p_on => p_as_of
    );
    return ('done', 'dispute ' || v_dispute.status)::billing.webhook_outcome;
end;
$$;

comment on function billing._process_dispute_closed (billing.webhook_events, date)
is 'dispute_closed: won, the money comes back; lost, the invoice is for a person to decide.';
