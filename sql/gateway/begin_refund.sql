-- Committed before the call: from here on the money may have gone back. Sent again it has the same amount and key.
-- What a dispute or a refund by hand took in the meantime cannot be given back once more.
create or replace function billing.begin_refund(p_refund_id bigint, p_claim integer, p_as_of date)
returns table (
    amount bigint,
    currency text,
    idempotency_key text,
    provider_intent_id text,
    document_number text,
    is_repeated boolean
)
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_refund billing.refunds;
begin
    v_refund := billing._require_refund_claim(p_refund_id, p_claim);
    if v_refund.state = 'scheduled' then
        if exists (
            select from billing.payment_balances
            where payment_balances.payment_id = v_refund.payment_id and payment_balances.unapplied < 0
        ) then
            perform billing._fail_refund(
                p_refund => v_refund,
                p_reason => 'the money has gone back already',
                p_on => p_as_of
            );
            return;
        end if;
        update billing.refunds
        set
            state = 'sent',
            sent_at = clock_timestamp()
        where refund_id = p_refund_id;
    end if;
    return query
    select
        billing.stripe_amount(v_refund.amount, payments.currency),
        lower(payments.currency),
        v_refund.idempotency_key,
        billing._charged_intent(v_refund.payment_id),
        coalesce(credit_notes.credit_note_number, invoices.invoice_number),
        v_refund.state <> 'scheduled'
    from billing.payments
    left join billing.credit_notes on credit_notes.credit_note_id = v_refund.credit_note_id
    left join billing.invoices on invoices.invoice_id = v_refund.invoice_id
    where payments.payment_id = v_refund.payment_id;
end;
$$;

comment on function billing.begin_refund (bigint, integer, date)
is 'Notes that a refund is about to be sent, and returns what to send; no row if the money has gone back another way. amount is the provider''s integer.';
