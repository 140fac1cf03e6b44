-- A lost dispute whose opening never came is booked now; its invoice is in the review queue. One that is won may leave
-- an invoice open, of which nothing is collected any more. Finance is told either way.
create or replace function billing._process_dispute_closed(p_event billing.webhook_events, p_as_of date)
returns text
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
    v_dispute billing.disputes;
begin
    if not exists (
        select from billing.payments where method = 'card' and reference = p_event.stripe_payment_intent_id
    ) then
        return billing._outcome_of_unknown_payment(p_event);
    end if;
    v_dispute := billing._note_dispute(p_event);
    if v_dispute.status = 'won' then
        perform billing._book_returned_money(chargebacks, p_as_of)
        from billing.payment_reversals as chargebacks
        where
            chargebacks.kind = 'chargeback'
            and (
                chargebacks.reference = v_dispute.dispute_id
                or starts_with(chargebacks.reference, v_dispute.dispute_id || '-')
            );
    end if;
    if v_dispute.status = 'lost' then
        perform billing._book_chargeback(p_event, v_dispute.dispute_id, p_as_of);
    end if;
    perform billing._mark_disputed_invoices(p_event.stripe_payment_intent_id);
    perform billing._ask_finance(
        p_invoice_ids => array(
            select invoices.invoice_id
            from billing._invoices_of_intent(p_event.stripe_payment_intent_id) as own (invoice_id)
            inner join billing.invoices using (invoice_id)
            where invoices.status = 'issued'
        ),
        p_occasion => v_dispute.dispute_id || '-closed',
        p_reason => case v_dispute.status
            when 'lost' then 'the dispute is lost: the money stays with the cardholder'
            else 'the dispute is over, and the invoice is still open'
        end,
        p_on => p_as_of
    );
    perform billing._send_to_review(
        p_invoice_id => own.invoice_id,
        p_reason => 'dispute_lost',
        p_on => p_as_of
    )
    from billing._invoices_of_intent(p_event.stripe_payment_intent_id) as own (invoice_id)
    where v_dispute.status = 'lost';
    return 'dispute ' || v_dispute.status;
end;
$$;

comment on function billing._process_dispute_closed (billing.webhook_events, date)
is 'charge.dispute.closed: won, the money comes back; lost, the invoice is for a person to decide.';
