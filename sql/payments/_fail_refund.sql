create or replace function billing._fail_refund(p_refund billing.refunds, p_reason text, p_on date)
returns void
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
    v_credit_note billing.credit_notes;
begin
    perform billing._finish_refund(
        p_refund_id => p_refund.refund_id,
        p_state => 'failed',
        p_stripe_refund_id => null,
        p_failure_reason => p_reason
    );
    select * into strict v_credit_note
    from billing.credit_notes
    where credit_note_id = p_refund.credit_note_id;
    perform billing._write_email(
        p_invoice_id => v_credit_note.invoice_id,
        p_template => 'manual_review',
        p_on => p_on,
        p_occasion => p_refund.idempotency_key,
        p_details => jsonb_build_object(
            'failure_reason', format(
                'refund of credit note %s failed: %s', v_credit_note.credit_note_number, p_reason
            )
        )
    );
end;
$$;

comment on function billing._fail_refund (billing.refunds, text, date)
is 'Ends a refund that cannot be made and tells finance; its money is credit balance from then on.';
