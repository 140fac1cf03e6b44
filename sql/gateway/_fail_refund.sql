-- While it was under way, what was told of refunds was taken for this one: that is looked at again. Long: who is told
-- is part of it.
create or replace function billing._fail_refund(p_refund billing.refunds, p_reason text, p_on date)
returns void
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
    v_subject record;
    v_reason text := replace(p_reason, '_', ' ');
begin
    perform billing._finish_refund(
        p_refund_id => p_refund.refund_id,
        p_state => 'failed',
        p_provider_refund_id => null,
        p_failure_reason => p_reason,
        p_on => p_on
    );
    select
        payments.currency,
        credit_notes.credit_note_number,
        coalesce(credit_notes.credit_note_number, payments.reference) as name,
        coalesce(credit_notes.invoice_id, p_refund.invoice_id) as invoice_id
    into strict v_subject
    from billing.payments
    left join billing.credit_notes on credit_notes.credit_note_id = p_refund.credit_note_id
    where payments.payment_id = p_refund.payment_id;
    perform billing.append_audit_entry(
        p_business_date => p_on,
        p_topic => case when p_refund.credit_note_id is null then 'payment' else 'credit_note' end,
        p_subject => v_subject.name,
        p_from_state => 'refund ' || p_refund.state,
        p_to_state => 'refund failed',
        p_reason => format(
            '%s %s: %s', billing.shown_amount(p_refund.amount, v_subject.currency), v_subject.currency, v_reason
        )
    );
    perform billing.write_email(
        p_invoice_id => v_subject.invoice_id,
        p_template => 'manual_review',
        p_on => p_on,
        p_occasion => p_refund.idempotency_key,
        p_details => jsonb_build_object(
            'review', 'refund',
            'review_reason', v_reason,
            'credit_note_number', v_subject.credit_note_number,
            'refund_amount', p_refund.amount::text
        )
    );
    if p_refund.state in ('sent', 'unknown') then
        perform billing._process_refund(told, p_on)
        from billing.webhook_events as told
        where told.webhook_event_id = (
            select events.webhook_event_id
            from billing.webhook_events as events
            where
                events.provider_intent_id = billing._charged_intent(p_refund.payment_id)
                and events.kind = 'refund_made'
                and events.outcome_kind = 'known'
            order by events.occurred_at desc
            limit 1
        );
    end if;
    perform billing._book_missing_chargebacks(p_refund.payment_id, p_on);
    perform billing.apply_on_account(customer_id, currency, p_on)
    from billing.payments
    where payment_id = p_refund.payment_id;
end;
$$;

comment on function billing._fail_refund (billing.refunds, text, date)
is 'Ends a refund that cannot be made, or could not after all, and tells finance; its money goes to the cardholder who disputes it, pays open invoices, or is credit balance, from then on.';
